using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Linux.Conntrack;

/// <summary>One direction of a TCP connection (linux/netfilter/nfnetlink_conntrack.h, enum ctattr_tuple).</summary>
/// <param name="Source">Who sends.</param>
/// <param name="Destination">Who receives.</param>
internal readonly record struct ConntrackTuple(Ipv4Endpoint Source, Ipv4Endpoint Destination)
{
    /// <summary>CTA_TUPLE_ORIG: the direction of whoever opened the connection.</summary>
    public const ushort Original = 1;

    /// <summary>CTA_TUPLE_REPLY: the other direction.</summary>
    public const ushort Reply = 2;

    private const ushort Ip = 1;
    private const ushort Protocol = 2;
    private const ushort SourceAddress = 1;
    private const ushort DestinationAddress = 2;
    private const ushort ProtocolNumber = 1;
    private const ushort SourcePort = 2;
    private const ushort DestinationPort = 3;

    /// <summary>Appends it as an attribute.</summary>
    public void Write(ref NetlinkWriter writer, ushort type)
    {
        int tuple = writer.BeginNest(type);
        int ip = writer.BeginNest(Ip);
        writer.BigEndian(SourceAddress, Source.Address.Value);
        writer.BigEndian(DestinationAddress, Destination.Address.Value);
        writer.EndNest(ip);
        int protocol = writer.BeginNest(Protocol);
        writer.Byte(ProtocolNumber, Ipv4Packet.Tcp);
        writer.BigEndian(SourcePort, Source.Port);
        writer.BigEndian(DestinationPort, Destination.Port);
        writer.EndNest(protocol);
        writer.EndNest(tuple);
    }

    /// <summary>Reads it from a list of attributes.</summary>
    /// <returns>False if the list has none of this type, or not all of its four numbers, or it is not TCP's.</returns>
    public static bool TryRead(Span<byte> list, ushort type, out ConntrackTuple tuple)
    {
        tuple = default;
        if (!NetlinkAttribute.TryFind(list, type, out NetlinkAttribute nest)
            || !NetlinkAttribute.TryFind(nest.Value, Ip, out NetlinkAttribute ip)
            || !NetlinkAttribute.TryFind(nest.Value, Protocol, out NetlinkAttribute protocol)
            || !NetlinkAttribute.TryFind(ip.Value, SourceAddress, out NetlinkAttribute sourceAddress)
            || !NetlinkAttribute.TryFind(ip.Value, DestinationAddress, out NetlinkAttribute destinationAddress)
            || !NetlinkAttribute.TryFind(protocol.Value, ProtocolNumber, out NetlinkAttribute number)
            || number.Value is not [Ipv4Packet.Tcp]
            || !NetlinkAttribute.TryFind(protocol.Value, SourcePort, out NetlinkAttribute sourcePort)
            || !NetlinkAttribute.TryFind(protocol.Value, DestinationPort, out NetlinkAttribute destinationPort)
            || !sourceAddress.TryGetBigEndian(out uint source)
            || !destinationAddress.TryGetBigEndian(out uint destination)
            || !sourcePort.TryGetBigEndian(out ushort from)
            || !destinationPort.TryGetBigEndian(out ushort to))
        {
            return false;
        }

        tuple = new ConntrackTuple(
            new Ipv4Endpoint(new Ipv4Address(source), from), new Ipv4Endpoint(new Ipv4Address(destination), to));
        return true;
    }
}
