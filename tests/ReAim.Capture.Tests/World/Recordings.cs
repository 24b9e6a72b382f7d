namespace ReAim.Capture.Tests.World;

/// <summary>The recordings in pcaps/.</summary>
internal static class Recordings
{
    public static string Folder { get; } = Path.Combine(Repository.Folder, "pcaps");

    public static IEnumerable<string> All => Directory.GetFiles(Folder, "*.pcap").Select(path => Path.GetFileName(path)).Order();

    public static string PathOf(string name) => Path.Combine(Folder, name);
}
