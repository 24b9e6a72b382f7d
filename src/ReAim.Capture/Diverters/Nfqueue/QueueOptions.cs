namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>How a queue is set up.</summary>
/// <param name="Number">Its number. What finds it full passes.</param>
/// <param name="ClosedNumber">
/// The number of another queue of the same socket, for packets that must have a verdict: what finds that one full is dropped. Null if
/// there is none.
/// </param>
internal readonly record struct QueueOptions(ushort Number, ushort? ClosedNumber = null)
{
    /// <summary>How many packets wait in the kernel for a verdict at most, in each queue.</summary>
    public int MaxLength { get; init; } = 1_024;

    /// <summary>How many bytes the kernel may hold for our socket.</summary>
    public int ReceiveBuffer { get; init; } = 8 << 20;
}
