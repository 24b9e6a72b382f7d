namespace ReAim.Capture.Gateway.Supervision;

/// <summary>How a worker ended.</summary>
/// <param name="Status">The wait status: waitpid(2); -1 if it is not known.</param>
internal readonly record struct WorkerEnd(int Status)
{
    /// <summary>The exit code; -1 if a signal ended it.</summary>
    public int Code => Status >= 0 && (Status & 0x7F) == 0 ? (Status >> 8) & 0xFF : -1;

    /// <summary>The signal that ended it; 0 if none did.</summary>
    public int Signal => Status >= 0 ? Status & 0x7F : 0;

    /// <summary>Words that follow "the worker".</summary>
    public override string ToString() => (Signal, Code) switch
    {
        (> 0, _) => $"was ended by signal {Signal}",
        (_, >= 0) => $"ended with exit code {Code}",
        _ => "ended",
    };
}
