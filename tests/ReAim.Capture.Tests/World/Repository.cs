using System.Runtime.CompilerServices;

namespace ReAim.Capture.Tests.World;

/// <summary>The project's own files.</summary>
internal static class Repository
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", "..", ".."));

    /// <summary>C# sources under a folder, without what builds make.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        from path in Directory.EnumerateFiles(Path.Combine(Folder, folder), "*.cs", SearchOption.AllDirectories)
        where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
        select path;

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
