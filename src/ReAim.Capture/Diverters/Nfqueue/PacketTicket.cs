namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>What must be known of a queued packet to give its verdict, now or later.</summary>
/// <param name="Queue">The queue's number.</param>
/// <param name="Id">Its number in the queue; they increase, and begin again after 2^32 packets.</param>
/// <param name="Mark">The packet's mark as it came.</param>
/// <param name="ChecksumNotReady">
/// True if its TCP checksum is partial, for a network card to finish: one that is sent back with bytes needs a whole one.
/// </param>
internal readonly record struct PacketTicket(ushort Queue, uint Id, uint Mark, bool ChecksumNotReady)
{
    /// <summary>What tells it from all packets of all queues that wait.</summary>
    public long Key => ((long)Queue << 32) | Id;
}
