using System.Runtime.InteropServices;

namespace ReAim.Capture.Linux.Netlink;

/// <summary>Changes of nftables that happen all together or not at all: messages between two others that begin and end a transaction.</summary>
/// <param name="capacity">Bytes of its messages, without those two.</param>
internal sealed class NftablesBatch(int capacity)
{
    private const int EnvelopeLength = 20;

    private readonly byte[] _buffer = new byte[(2 * EnvelopeLength) + capacity];

    private int _length;
    private int _last;
    private uint _sequence;

    /// <summary>Forgets what is in it.</summary>
    /// <param name="sequence">The number of its first message.</param>
    public void Begin(uint sequence)
    {
        _length = 0;
        _sequence = sequence;
        Envelope(Netfilter.BatchBegin);
    }

    /// <summary>Begins a change; <see cref="EndMessage"/> ends it.</summary>
    /// <param name="message">Which: NFT_MSG_ (linux/netfilter/nf_tables.h).</param>
    /// <param name="flags">What is asked for, besides that it is a request.</param>
    public NetlinkWriter BeginMessage(byte message, NetlinkFlags flags = NetlinkFlags.Create)
    {
        _last = _length;
        var writer = new NetlinkWriter(_buffer.AsSpan(_length));
        writer.BeginMessage(Netfilter.Type(Netfilter.Tables, message), NetlinkFlags.Request | flags, _sequence++);
        writer.NetfilterHeader(Netfilter.Ipv4Family, resource: 0);
        return writer;
    }

    /// <summary>Ends a message.</summary>
    public void EndMessage(NetlinkWriter writer)
    {
        writer.EndMessage();
        _length += writer.Length;
    }

    /// <summary>Ends the transaction.</summary>
    /// <returns>The messages. The last change is acknowledged, any other answers only if it fails.</returns>
    public ReadOnlySpan<byte> End()
    {
        Span<byte> flags = _buffer.AsSpan(_last + 6);
        MemoryMarshal.Write(flags, (ushort)(MemoryMarshal.Read<ushort>(flags) | (ushort)NetlinkFlags.Acknowledge));
        Envelope(Netfilter.BatchEnd);
        return _buffer.AsSpan(0, _length);
    }

    private void Envelope(ushort type)
    {
        var writer = new NetlinkWriter(_buffer.AsSpan(_length));
        writer.BeginMessage(type, NetlinkFlags.Request, _sequence++);
        writer.NetfilterHeader(Netfilter.AnyFamily, Netfilter.Tables);
        EndMessage(writer);
    }
}
