using System.Globalization;
using ReAim.Capture.Linux;

namespace ReAim.Capture.Checking.Surroundings;

/// <summary>A process of this machine.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Parent">That of the one which started it; 0 if it is not known.</param>
/// <param name="Name">Its program's name, as proc(5) has it in <c>comm</c>.</param>
internal sealed record SocketOwner(int Id, int Parent, string Name)
{
    private const string Processes = "/proc";

    /// <summary>The process that has a socket open; null if none is seen from here.</summary>
    /// <param name="inode">The socket's number.</param>
    public static SocketOwner? Of(string inode)
    {
        string wanted = $"socket:[{inode}]";
        foreach (string folder in Directory.EnumerateDirectories(Processes))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && Has(folder, wanted))
            {
                return Of(id);
            }
        }

        return null;
    }

    /// <summary>A process by its number.</summary>
    public static SocketOwner Of(int id)
    {
        string folder = $"{Processes}/{id.ToString(CultureInfo.InvariantCulture)}";
        string name = KernelFile.Read($"{folder}/comm")?.Trim() ?? "";

        // The name in brackets may hold anything; behind it stand the state and the parent.
        string stat = KernelFile.Read($"{folder}/stat") ?? "";
        string[] rest = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool hasParent = int.TryParse(rest.ElementAtOrDefault(1), NumberStyles.None, CultureInfo.InvariantCulture, out int parent);
        return new SocketOwner(id, hasParent ? parent : 0, name);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(Name.Length > 0 ? Name : "a program")} (process {Id.ToString(CultureInfo.InvariantCulture)})";

    private static bool Has(string folder, string wanted)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"{folder}/fd").Any(file => new FileInfo(file).LinkTarget == wanted);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
