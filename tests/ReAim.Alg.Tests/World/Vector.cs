using System.Text.Json;

namespace ReAim.Alg.Tests.World;

/// <summary>A message before and after, as tests/vectors.json has it.</summary>
internal sealed record Vector(string Name, bool FromClient, byte[] Before, byte[] After, bool KeepsPort)
{
    public static IReadOnlyList<Vector> All { get; } = Load();

    public string Id => Name[..3];

    public override string ToString() => Name;

    private static List<Vector> Load()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "vectors.json")));
        var vectors = new List<Vector>();
        foreach (JsonElement vector in document.RootElement.GetProperty("vectors").EnumerateArray())
        {
            string mapping = vector.TryGetProperty("mapping", out JsonElement named) && named.ValueKind == JsonValueKind.String ? named.GetString()! : "";
            vectors.Add(new Vector(
                vector.GetProperty("name").GetString()!,
                vector.GetProperty("direction").GetString()!.StartsWith("LAN", StringComparison.Ordinal),
                Convert.FromHexString(vector.GetProperty("before_hex").GetString()!),
                Convert.FromHexString(vector.GetProperty("after_hex").GetString()!),
                mapping is "5190->5190" or "4443->4443"));
        }

        return vectors;
    }
}
