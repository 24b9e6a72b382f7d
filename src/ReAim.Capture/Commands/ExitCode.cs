namespace ReAim.Capture.Commands;

/// <summary>What the command tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>It did what was asked.</summary>
    public const int Success = 0;

    /// <summary>Something failed on the way, such as a full disk; nothing half-done was left.</summary>
    public const int Failure = 1;

    /// <summary>What was asked cannot be done as asked; nothing was done.</summary>
    public const int BadInput = 2;

    /// <summary>Stopped by Ctrl-C: 128 and the signal's number, as shells have it.</summary>
    public const int Interrupted = 130;
}
