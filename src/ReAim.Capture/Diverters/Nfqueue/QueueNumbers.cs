namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>
/// The two netfilter queues of a gateway. What comes to the first one while nobody reads it, or while it is full, passes; to the second
/// one come the packets that must have a verdict, and are dropped without: those whose numbers would be wrong, and peers'.
/// </summary>
internal static class QueueNumbers
{
    /// <summary>The highest number that the first one can have.</summary>
    public const ushort Last = ushort.MaxValue - 1;

    /// <summary>The number of the second one.</summary>
    /// <param name="open">The number of the first one.</param>
    public static ushort Closed(ushort open) => (ushort)(open + 1);
}
