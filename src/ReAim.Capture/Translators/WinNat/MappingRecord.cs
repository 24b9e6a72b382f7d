using System.Globalization;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Translators.WinNat;

/// <summary>
/// A file that names the mappings we have added to Windows' NAT, where nothing ends by itself: whoever starts next removes what a
/// killed one has left.
/// </summary>
/// <param name="path">The file; its folder must be writable by administrators only.</param>
internal sealed class MappingRecord(string path)
{
    /// <summary>Far more than there can be.</summary>
    private const int MaxLines = 4_096;

    /// <summary>Writes all mappings there are; one that is going to be added must be among them before it is.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(IEnumerable<Mapping> mappings) => File.WriteAllLines(path, mappings.Select(Text));

    /// <summary>The mappings that were left; none if nothing was. What is not understood is left out.</summary>
    public IReadOnlyList<Mapping> Read()
    {
        try
        {
            return [.. File.ReadLines(path).Take(MaxLines).Select(Parse).OfType<Mapping>()];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Text(Mapping mapping) => string.Create(
        CultureInfo.InvariantCulture, $"{mapping.Public.Address} {mapping.Public.Port} {mapping.Lan.Address} {mapping.Lan.Port}");

    private static Mapping? Parse(string line)
    {
        string[] words = line.Split(' ');
        return words.Length == 4
            && Ipv4Address.TryParse(words[0], out Ipv4Address outside) && TryPort(words[1], out ushort publicPort)
            && Ipv4Address.TryParse(words[2], out Ipv4Address inside) && TryPort(words[3], out ushort lanPort)
            ? new Mapping(new Ipv4Endpoint(outside, publicPort), new Ipv4Endpoint(inside, lanPort))
            : null;
    }

    private static bool TryPort(string text, out ushort port) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0;
}
