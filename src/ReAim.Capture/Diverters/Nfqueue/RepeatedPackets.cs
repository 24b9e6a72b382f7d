namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>
/// Packets that were sent through their chain once more (NF_REPEAT). The mark of such a packet tells the chain that it has had its
/// verdict. Where a rule before ours clears that mark the packet comes to the queue again: it is known here, and accepted.
/// </summary>
/// <remarks>
/// The kernel repeats a packet while it takes the verdict, so what comes back is in our socket before that call returns, and is read
/// before the socket is found empty. Then the memory is empty too: an equal datagram that comes later is another packet, such as
/// a retransmission, and the engine's. One that comes at once is forwarded with the bytes and the standing of the first.
/// Where another program's queue lies between, a packet may come back later: it is the engine's again, but not repeated again.
/// Nothing is allocated.
/// </remarks>
internal sealed class RepeatedPackets
{
    /// <summary>How many can be remembered at once; more than wait in the kernel's queue.</summary>
    public const int Capacity = 2_048;

    // An equal datagram that comes within this time, in nanoseconds, may be the same one.
    private const long LongestWay = 1_000_000_000;

    private readonly Entry[] _entries = new Entry[Capacity];

    // Both count reads of the socket: this one, and the last one that left nothing in it.
    private long _read = 1;
    private long _emptied;
    private bool _mayHaveEmptied;

    /// <summary>How many came back.</summary>
    public long Returned { get; private set; }

    /// <summary>How many had no place here, or were repeated shortly before, and were accepted at once.</summary>
    public long Unremembered { get; private set; }

    /// <summary>Says that the socket was read.</summary>
    /// <param name="isEmpty">True if nothing was left in it.</param>
    /// <param name="isOverrun">True if the kernel said that it found no room in it: then the read before may have left something.</param>
    public void BeginRead(bool isEmpty, bool isOverrun)
    {
        if (_mayHaveEmptied && !isOverrun)
        {
            _emptied = _read;
        }

        _read++;
        _mayHaveEmptied = isEmpty && !isOverrun;
    }

    /// <summary>Remembers a packet that is about to be repeated.</summary>
    /// <param name="datagram">As it will be then.</param>
    /// <param name="bits">Our bits of the mark that its verdict gives it.</param>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <returns>False if there is no place for it, or it may be one that was repeated shortly before: then it must not be repeated.</returns>
    public bool TryAdd(ReadOnlySpan<byte> datagram, uint bits, long now)
    {
        var packet = PacketIdentity.Of(datagram);
        ref Entry entry = ref _entries[packet.Hash % Capacity];
        if (IsLive(entry) || (entry.Read > 0 && now - entry.Time < LongestWay && entry.Packet == packet))
        {
            Unremembered++;
            return false;
        }

        entry = new Entry(packet, _read, bits, now);
        return true;
    }

    /// <summary>Takes out a packet that has come back.</summary>
    /// <param name="datagram">A packet from the queue.</param>
    /// <param name="bits">Our bits of the mark that its verdict gave it.</param>
    /// <returns>False if it was not repeated.</returns>
    public bool TryTake(ReadOnlySpan<byte> datagram, out uint bits)
    {
        bits = 0;
        var packet = PacketIdentity.Of(datagram);
        ref Entry entry = ref _entries[packet.Hash % Capacity];

        // Its verdict leaves after the read that brought it.
        if (!IsLive(entry) || entry.Read == _read || entry.Packet != packet)
        {
            return false;
        }

        bits = entry.Bits;
        entry = default;
        Returned++;
        return true;
    }

    private bool IsLive(in Entry entry) => entry.Read > 0 && entry.Read >= _emptied;

    /// <summary>A packet.</summary>
    /// <param name="Packet">What it is known by.</param>
    /// <param name="Read">The read of the socket behind which it was repeated; 0 if the place is free.</param>
    /// <param name="Bits">Our bits of its mark.</param>
    /// <param name="Time">When it was repeated.</param>
    private readonly record struct Entry(PacketIdentity Packet, long Read, uint Bits, long Time);
}
