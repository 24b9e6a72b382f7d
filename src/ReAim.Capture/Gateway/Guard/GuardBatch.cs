using System.Buffers.Binary;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Gateway.Guard;

/// <summary>Changes of the guard's table, as messages (linux/netfilter/nf_tables.h). In nft's words it is:</summary>
/// <remarks>
/// <code>
/// table ip reaim_guard {
///   flags owner, persist
///   set guarded { type ipv4_addr . inet_service . ipv4_addr . inet_service }
///   chain guard {
///     type filter hook forward priority mangle + 2; policy accept;
///     meta l4proto tcp ip saddr . tcp sport . ip daddr . tcp dport @guarded meta mark and PASSED == 0 counter drop
///   }
/// }
/// </code>
/// It stands behind the queue and before what takes our bits off packets. A connection is two elements, one for each direction.
/// </remarks>
internal sealed class GuardBatch
{
    private const string Set = "guarded";
    private const string Chain = "guard";
    private const string Missing = "missing";

    /// <summary>Behind the queue of both flavours (NF_IP_PRI_MANGLE + 1), before the chain <c>save</c> of our other table.</summary>
    private const int Priority = -150 + 2;

    private const int ForwardHook = 2;
    private const int ElementLength = 16;
    private const int EndLength = 8;

    private const byte NewTable = 0, GetTable = 1, DeleteTable = 2, NewChain = 3, NewRule = 6, DeleteRule = 8, NewSet = 9, DeleteSet = 11, NewElement = 12, GetElement = 13, DeleteElement = 14;
    private const uint Owner = 2, Persist = 4;

    private readonly NftablesBatch _batch = new(4 * 1024);
    private string _table = "";

    /// <inheritdoc cref="NftablesBatch.Begin"/>
    /// <param name="sequence">The number of its first message.</param>
    /// <param name="table">The table's name.</param>
    public void Begin(uint sequence, string table)
    {
        _table = table;
        _batch.Begin(sequence);
    }

    /// <inheritdoc cref="NftablesBatch.End"/>
    public ReadOnlySpan<byte> End() => _batch.End();

    /// <summary>The table with all that is constant in it, be it there or not. Its elements stay.</summary>
    /// <param name="persists">True if it is to stay when its owner is killed.</param>
    /// <param name="marks">Our bits.</param>
    public void MakeTable(bool persists, MarkLayout marks)
    {
        NetlinkWriter writer = BeginMessage(NewTable);
        writer.BigEndian(2, Owner | (persists ? Persist : 0));
        _batch.EndMessage(writer);

        MakeSet();

        writer = BeginMessage(NewChain);
        writer.Text(3, Chain);
        int hook = writer.BeginNest(4);
        writer.BigEndian(1, (uint)ForwardHook);
        writer.BigEndian(2, unchecked((uint)Priority));
        writer.EndNest(hook);
        writer.BigEndian(5, 1u);
        writer.Text(7, "filter");
        _batch.EndMessage(writer);

        // What an owner before this one left.
        writer = BeginMessage(DeleteRule, NetlinkFlags.None);
        writer.Text(2, Chain);
        _batch.EndMessage(writer);

        writer = BeginMessage(NewRule, NetlinkFlags.Create | NetlinkFlags.Append);
        writer.Text(2, Chain);
        int rule = writer.BeginNest(4);
        GuardRule.Write(ref writer, Set, marks.Passed);
        writer.EndNest(rule);
        _batch.EndMessage(writer);
    }

    /// <summary>The table goes.</summary>
    public void RemoveTable() => _batch.EndMessage(BeginMessage(DeleteTable, NetlinkFlags.None));

    /// <summary>A change that fails, and with it all of the transaction.</summary>
    public void Break()
    {
        NetlinkWriter writer = BeginMessage(DeleteSet, NetlinkFlags.None);
        writer.Text(2, Missing);
        _batch.EndMessage(writer);
    }

    /// <summary>A connection's elements come.</summary>
    public void Add(FlowKey flow) => Elements(NewElement, NetlinkFlags.Create, flow);

    /// <summary>A connection's elements, which are there, go.</summary>
    public void Remove(FlowKey flow) => Elements(DeleteElement, NetlinkFlags.None, flow);

    /// <summary>A request for all elements.</summary>
    /// <param name="buffer">Room for it: 128 bytes.</param>
    /// <param name="table">The table's name.</param>
    /// <param name="sequence">Its number.</param>
    public static ReadOnlySpan<byte> ReadRequest(Span<byte> buffer, string table, uint sequence)
    {
        NetlinkWriter writer = BeginRequest(buffer, GetElement, NetlinkFlags.Dump, table, sequence);
        writer.Text(2, Set);
        writer.EndMessage();
        return writer.Written;
    }

    /// <summary>A request for the table itself.</summary>
    /// <inheritdoc cref="ReadRequest"/>
    public static ReadOnlySpan<byte> TableRequest(Span<byte> buffer, string table, uint sequence)
    {
        NetlinkWriter writer = BeginRequest(buffer, GetTable, NetlinkFlags.None, table, sequence);
        writer.EndMessage();
        return writer.Written;
    }

    /// <summary>Reads the elements of an answer to that.</summary>
    /// <param name="message">The answer.</param>
    /// <param name="flows">Where connections go: each twice, the second time with its ends exchanged, as nobody can tell here which is the LAN's.</param>
    public static void ReadElements(NetlinkMessage message, ICollection<FlowKey> flows)
    {
        if (!NetlinkAttribute.TryFind(message.AttributesAfter(Netfilter.HeaderLength), 3, out NetlinkAttribute list))
        {
            return;
        }

        Span<byte> rest = list.Value;
        while (NetlinkAttribute.TryRead(ref rest, out NetlinkAttribute element))
        {
            if (NetlinkAttribute.TryFind(element.Value, 1, out NetlinkAttribute key)
                && NetlinkAttribute.TryFind(key.Value, 1, out NetlinkAttribute value)
                && value.Value.Length == ElementLength)
            {
                flows.Add(new FlowKey(ReadEnd(value.Value), ReadEnd(value.Value[EndLength..])));
            }
        }
    }

    private void MakeSet()
    {
        const uint address = 7, port = 13, bits = 6;
        NetlinkWriter writer = BeginMessage(NewSet);
        writer.Text(2, Set);
        writer.BigEndian(3, 0u);
        // As nft numbers types, so that its listings can be read.
        writer.BigEndian(4, (((((address << (int)bits) | port) << (int)bits) | address) << (int)bits) | port);
        writer.BigEndian(5, (uint)ElementLength);
        writer.BigEndian(10, 1u);
        _batch.EndMessage(writer);
    }

    private void Elements(byte message, NetlinkFlags flags, FlowKey flow)
    {
        NetlinkWriter writer = BeginMessage(message, flags);
        writer.Text(2, Set);
        int list = writer.BeginNest(3);
        Element(ref writer, flow.Lan, flow.Remote);
        Element(ref writer, flow.Remote, flow.Lan);
        writer.EndNest(list);
        _batch.EndMessage(writer);
    }

    private static void Element(ref NetlinkWriter writer, Ipv4Endpoint source, Ipv4Endpoint destination)
    {
        int element = writer.BeginNest(1);
        int key = writer.BeginNest(1);
        Span<byte> place = writer.Attribute(1, ElementLength);
        place.Clear();
        WriteEnd(place, source);
        WriteEnd(place[EndLength..], destination);
        writer.EndNest(key);
        writer.EndNest(element);
    }

    private static void WriteEnd(Span<byte> place, Ipv4Endpoint end)
    {
        end.Address.Write(place);
        BinaryPrimitives.WriteUInt16BigEndian(place[4..], end.Port);
    }

    private static Ipv4Endpoint ReadEnd(ReadOnlySpan<byte> place) => new(Ipv4Address.Read(place), BinaryPrimitives.ReadUInt16BigEndian(place[4..]));

    private static NetlinkWriter BeginRequest(Span<byte> buffer, byte message, NetlinkFlags flags, string table, uint sequence)
    {
        var writer = new NetlinkWriter(buffer);
        writer.BeginMessage(Netfilter.Type(Netfilter.Tables, message), NetlinkFlags.Request | flags, sequence);
        writer.NetfilterHeader(Netfilter.Ipv4Family, resource: 0);
        writer.Text(1, table);
        return writer;
    }

    /// <summary>Every message names the table first.</summary>
    private NetlinkWriter BeginMessage(byte message, NetlinkFlags flags = NetlinkFlags.Create)
    {
        NetlinkWriter writer = _batch.BeginMessage(message, flags);
        writer.Text(1, _table);
        return writer;
    }
}
