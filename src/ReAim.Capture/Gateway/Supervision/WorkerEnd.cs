using System.Globalization;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>How a worker ended.</summary>
/// <param name="Code">The exit code; <see cref="Unknown"/> if a signal ended it, or nobody knows.</param>
/// <param name="Signal">The signal that ended it; 0 if none did.</param>
internal readonly record struct WorkerEnd(int Code, int Signal = 0)
{
    /// <summary>No exit code.</summary>
    public const int Unknown = -1;

    /// <summary>Reads a wait status.</summary>
    /// <param name="status">The wait status: waitpid(2); negative if it is not known.</param>
    public static WorkerEnd OfStatus(int status) => status < 0 ? new WorkerEnd(Unknown)
        : (status & 0x7F) != 0 ? new WorkerEnd(Unknown, status & 0x7F)
        : new WorkerEnd((status >> 8) & 0xFF);

    /// <summary>Words that follow "the worker".</summary>
    public override string ToString() => (Signal, Code) switch
    {
        (> 0, _) => $"was ended by signal {Signal}",
        (_, >= 0) => $"ended with exit code {Code}",
        (_, Unknown) => "ended",
        // What Windows ends a process for is a number such as 0xC0000005.
        _ => string.Create(CultureInfo.InvariantCulture, $"ended with exit code 0x{Code:X8}"),
    };
}
