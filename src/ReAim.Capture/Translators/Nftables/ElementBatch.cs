using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Translators.Nftables;

/// <summary>
/// Changes of the elements of our table's sets that happen all together or not at all: one transaction
/// (linux/netfilter/nf_tables.h, NFT_MSG_NEWSETELEM, NFT_MSG_DELSETELEM).
/// </summary>
/// <remarks>
/// A key, and a mapping's value, is an address and a port, each in network order and filled up to 4 bytes:
/// <code>
///  0       4       6       8
///  +-------+-------+-------+
///  | IPv4  | port  | 0     |
/// </code>
/// </remarks>
internal sealed class ElementBatch
{
    /// <summary>How many elements can be renewed in one transaction.</summary>
    public const int MaxElements = 64;

    private const string Table = "reaim";
    private const byte NewElement = 12;
    private const byte DeleteElement = 14;
    private const ushort TableAttribute = 1;
    private const ushort SetAttribute = 2;
    private const ushort ElementsAttribute = 3;
    private const ushort ListElement = 1;
    private const ushort KeyAttribute = 1;
    private const ushort DataAttribute = 2;
    private const ushort TimeoutAttribute = 4;
    private const ushort ValueAttribute = 1;
    private const int EndLength = 8;

    /// <summary>What begins and ends a transaction, and three messages for each element.</summary>
    private readonly byte[] _buffer = new byte[(2 * 20) + (MaxElements * 3 * 112)];

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

    /// <summary>An element that is to be there for a time from now on, whether it is there already or not.</summary>
    /// <param name="set">The set's name.</param>
    /// <param name="key">The element.</param>
    /// <param name="value">What it leads to; null in a set that is no map.</param>
    /// <param name="lease">When it disappears by itself.</param>
    public void Put(string set, Ipv4Endpoint key, Ipv4Endpoint? value, TimeSpan lease)
    {
        // Kernels before 6.12 keep an element's old timeout when it is added again: it is taken away and added. To take away
        // what is not there would fail, so it is added first. All of this becomes visible at once.
        Remove(set, key, value);
        Element(NewElement, set, key, value, lease);
    }

    /// <summary>An element that is to be gone, whether it was there or not; one that leads elsewhere stays.</summary>
    public void Remove(string set, Ipv4Endpoint key, Ipv4Endpoint? value)
    {
        Element(NewElement, set, key, value, lease: null);
        Element(DeleteElement, set, key, value: null, lease: null);
    }

    /// <summary>All elements of a set are to be gone.</summary>
    public void Flush(string set)
    {
        NetlinkWriter writer = BeginMessage(DeleteElement, set);
        EndMessage(writer);
    }

    /// <summary>Ends the transaction.</summary>
    /// <returns>The messages. The last change is acknowledged, any other answers only if it fails.</returns>
    public ReadOnlySpan<byte> End()
    {
        var flags = (ushort)(NetlinkFlags.Request | NetlinkFlags.Create | NetlinkFlags.Acknowledge);
        MemoryMarshal.Write(_buffer.AsSpan(_last + 6), flags);
        Envelope(Netfilter.BatchEnd);
        return _buffer.AsSpan(0, _length);
    }

    /// <summary>Says what an error of the kernel means for an element.</summary>
    public static ElementAnswer Meaning(Errno error) => error switch
    {
        Errno.None => ElementAnswer.Done,
        Errno.Exists or Errno.Busy => ElementAnswer.Conflict,
        Errno.NoEntry => ElementAnswer.TableMissing,
        Errno.TableFull or Errno.NoSpace => ElementAnswer.Full,
        Errno.NotPermitted => ElementAnswer.NotPermitted,
        _ => ElementAnswer.Refused,
    };

    private void Element(byte message, string set, Ipv4Endpoint key, Ipv4Endpoint? value, TimeSpan? lease)
    {
        NetlinkWriter writer = BeginMessage(message, set);
        int list = writer.BeginNest(ElementsAttribute);
        int element = writer.BeginNest(ListElement);
        Endpoint(ref writer, KeyAttribute, key);
        if (value is Ipv4Endpoint end)
        {
            Endpoint(ref writer, DataAttribute, end);
        }

        if (lease is TimeSpan time)
        {
            writer.BigEndian(TimeoutAttribute, (ulong)time.TotalMilliseconds);
        }

        writer.EndNest(element);
        writer.EndNest(list);
        EndMessage(writer);
    }

    private static void Endpoint(ref NetlinkWriter writer, ushort type, Ipv4Endpoint end)
    {
        int nest = writer.BeginNest(type);
        Span<byte> place = writer.Attribute(ValueAttribute, EndLength);
        place.Clear();
        end.Address.Write(place);
        BinaryPrimitives.WriteUInt16BigEndian(place[4..], end.Port);
        writer.EndNest(nest);
    }

    private NetlinkWriter BeginMessage(byte message, string set)
    {
        _last = _length;
        var writer = new NetlinkWriter(_buffer.AsSpan(_length));
        writer.BeginMessage(
            Netfilter.Type(Netfilter.Tables, message), NetlinkFlags.Request | NetlinkFlags.Create, _sequence++);
        writer.NetfilterHeader(Netfilter.Ipv4Family, resource: 0);
        writer.Text(TableAttribute, Table);
        writer.Text(SetAttribute, set);
        return writer;
    }

    private void Envelope(ushort type)
    {
        var writer = new NetlinkWriter(_buffer.AsSpan(_length));
        writer.BeginMessage(type, NetlinkFlags.Request, _sequence++);
        writer.NetfilterHeader(Netfilter.AnyFamily, Netfilter.Tables);
        EndMessage(writer);
    }

    private void EndMessage(NetlinkWriter writer)
    {
        writer.EndMessage();
        _length += writer.Length;
    }
}
