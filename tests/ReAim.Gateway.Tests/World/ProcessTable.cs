namespace ReAim.Gateway.Tests.World;

/// <summary>What <c>/proc</c> knows of processes.</summary>
internal static class ProcessTable
{
    /// <summary>The processes whose parent is a given one, not counting those that have ended.</summary>
    public static IReadOnlyList<int> Children(int parent) =>
    [
        .. Directory.GetDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), out int id) ? id : 0)
            .Where(id => id > 0 && ParentOf(id) == parent),
    ];

    /// <summary>A process's arguments, one after the other; empty if it has ended.</summary>
    public static IReadOnlyList<string> CommandLine(int process) => Read(process, "cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    public static bool IsRunning(int process) => CommandLine(process).Count > 0;

    /// <summary>A line of <c>status</c> for every thread of a process, such as CapEff.</summary>
    public static IReadOnlyList<string> OfEveryThread(int process, string name) =>
    [
        .. Directory.GetDirectories($"/proc/{process}/task")
            .SelectMany(task => File.ReadLines(Path.Combine(task, "status")))
            .Where(line => line.StartsWith(name + ":", StringComparison.Ordinal))
            .Select(line => line[(name.Length + 1)..].Trim()),
    ];

    private static int ParentOf(int process)
    {
        // The name stands in brackets and may contain anything.
        string stat = Read(process, "stat");
        string[] rest = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return rest.Length > 1 && rest[0] != "Z" ? int.Parse(rest[1], null) : 0;
    }

    private static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
