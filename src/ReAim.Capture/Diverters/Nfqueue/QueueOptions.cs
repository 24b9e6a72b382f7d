namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>How a queue is set up.</summary>
/// <param name="Number">Its number.</param>
internal readonly record struct QueueOptions(ushort Number)
{
    /// <summary>How many packets wait in the kernel for a verdict at most; what comes then passes.</summary>
    public int MaxLength { get; init; } = 1_024;

    /// <summary>How many bytes the kernel may hold for our socket.</summary>
    public int ReceiveBuffer { get; init; } = 8 << 20;
}
