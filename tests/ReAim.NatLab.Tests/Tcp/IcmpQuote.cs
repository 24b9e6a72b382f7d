using System.Buffers.Binary;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>An ICMP "destination unreachable" about a segment that was sent from here.</summary>
internal readonly struct IcmpQuote
{
    // RFC 792: the quoted IP header and at least 8 bytes, which hold ports and sequence number.
    private const int QuotedPayload = 8;

    private IcmpQuote(byte code, int mtu, ReadOnlySpan<byte> header, ReadOnlySpan<byte> segment)
    {
        Code = code;
        Mtu = mtu;
        Source = new Ipv4Endpoint(Ipv4Address.Read(header[12..]), BinaryPrimitives.ReadUInt16BigEndian(segment));
        Destination = new Ipv4Endpoint(Ipv4Address.Read(header[16..]), BinaryPrimitives.ReadUInt16BigEndian(segment[2..]));
        Sequence = BinaryPrimitives.ReadUInt32BigEndian(segment[4..]);
    }

    public Ipv4Endpoint Source { get; }

    public Ipv4Endpoint Destination { get; }

    private byte Code { get; }

    private int Mtu { get; }

    private uint Sequence { get; }

    public static bool TryParse(ReadOnlySpan<byte> message, out IcmpQuote quote)
    {
        quote = default;
        if (message.Length < IcmpError.HeaderLength + Ipv4Packet.MinHeaderLength + QuotedPayload
            || message[0] != IcmpError.Unreachable
            || Checksum.Sum(message) != 0xFFFF)
        {
            return false;
        }

        ReadOnlySpan<byte> header = message[IcmpError.HeaderLength..];
        int headerLength = (header[0] & 0x0F) * 4;
        if (header[0] >> 4 != 4 || headerLength < Ipv4Packet.MinHeaderLength || header.Length < headerLength + QuotedPayload
            || header[9] != Ipv4Packet.Tcp)
        {
            return false;
        }

        quote = new IcmpQuote(message[1], BinaryPrimitives.ReadUInt16BigEndian(message[6..]), header, header[headerLength..]);
        return true;
    }

    /// <summary>Tells the connection, unless the segment is none that is out (RFC 5927 4.1).</summary>
    public void Tell(TcpConnection connection)
    {
        if (SequenceOrder.IsBefore(Sequence, connection.Sender.Unacknowledged) || SequenceOrder.IsBefore(connection.Sender.Next, Sequence))
        {
            return;
        }

        if (Code == IcmpError.FragmentationNeeded)
        {
            connection.ShrinkPath(Mtu);
        }
        else if (connection.State == TcpState.SynSent)
        {
            // Only here: later such an error may pass (RFC 1122 4.2.3.9).
            connection.Break();
        }
    }
}
