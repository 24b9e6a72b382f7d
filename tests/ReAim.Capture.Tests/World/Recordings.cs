using System.Runtime.CompilerServices;

namespace ReAim.Capture.Tests.World;

/// <summary>The recordings in pcaps/.</summary>
internal static class Recordings
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", "..", "..", "pcaps"));

    public static IEnumerable<string> All => Directory.GetFiles(Folder, "*.pcap").Select(path => Path.GetFileName(path)).Order();

    public static string PathOf(string name) => Path.Combine(Folder, name);

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
