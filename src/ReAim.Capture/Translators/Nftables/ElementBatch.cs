using System.Buffers.Binary;
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

    /// <summary>Three messages for each element.</summary>
    private readonly NftablesBatch _batch = new(MaxElements * 3 * 112);

    /// <inheritdoc cref="NftablesBatch.Begin"/>
    public void Begin(uint sequence) => _batch.Begin(sequence);

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
        _batch.EndMessage(writer);
    }

    /// <inheritdoc cref="NftablesBatch.End"/>
    public ReadOnlySpan<byte> End() => _batch.End();

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
        _batch.EndMessage(writer);
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
        NetlinkWriter writer = _batch.BeginMessage(message);
        writer.Text(TableAttribute, Table);
        writer.Text(SetAttribute, set);
        return writer;
    }
}
