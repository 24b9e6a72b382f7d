namespace ReAim.Gateway.Tests.Supervision;

/// <summary>What the kernel says of a process and its threads: proc_pid_status(5).</summary>
internal static class ThreadStatus
{
    /// <summary>A field of every thread of a process, without the doubles.</summary>
    public static string[] OfAllThreads(int process, string field) =>
        [.. Directory.EnumerateDirectories($"/proc/{process}/task").Select(task => Field($"{task}/status", field)).Distinct()];

    /// <summary>How many threads a process has.</summary>
    public static int Count(int process) => Directory.GetDirectories($"/proc/{process}/task").Length;

    /// <summary>True until it has ended, reaped or not.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            return Field($"/proc/{process}/status", "State")[0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The processor time it has used.</summary>
    public static TimeSpan Time(int process) => TimeSpan.FromMilliseconds(10 * (Number(process, 14) + Number(process, 15)));

    /// <summary>How willingly it leaves the processor to others.</summary>
    public static long Nice(int process) => Number(process, 19);

    // Fields as proc_pid_stat(5) counts them, from 1; the second is a name that may contain anything.
    private static long Number(int process, int field) => long.Parse(File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ')[field - 2]);

    private static string Field(string path, string field) =>
        string.Join(' ', File.ReadLines(path).First(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split()[1..]).Trim();
}
