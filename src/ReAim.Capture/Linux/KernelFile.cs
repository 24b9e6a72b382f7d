namespace ReAim.Capture.Linux;

/// <summary>Small files in which the kernel says what it does. All are those of the calling thread's network namespace.</summary>
internal static class KernelFile
{
    /// <summary>A setting, such as <c>net/ipv4/ip_forward</c>; null if this kernel does not have it.</summary>
    public static string? Setting(string name) => Read($"/proc/sys/{name}")?.Trim();

    /// <summary>A table of the network, such as <c>tcp</c>: its lines, none if this kernel does not have it.</summary>
    public static string[] NetworkTable(string name) =>
        (Read($"/proc/thread-self/net/{name}") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A file; null if it cannot be read.</summary>
    public static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
