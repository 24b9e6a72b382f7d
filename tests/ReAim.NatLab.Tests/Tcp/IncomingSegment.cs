using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>A segment that arrived whole and with a right checksum.</summary>
internal readonly struct IncomingSegment
{
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte MaximumSegmentSize = 2;

    private IncomingSegment(Ipv4Endpoint source, Ipv4Endpoint destination, TcpSegment segment, ReadOnlyMemory<byte> bytes)
    {
        Source = source;
        Destination = destination;
        Sequence = segment.Sequence;
        Acknowledgement = segment.Acknowledgement;
        Flags = segment.Flags;
        Payload = bytes[(bytes.Length - segment.Payload.Length)..];
        ReadOnlySpan<byte> header = bytes.Span[..(bytes.Length - segment.Payload.Length)];
        Window = BinaryPrimitives.ReadUInt16BigEndian(header[14..]);
        Mss = FindMss(header[TcpSegment.MinHeaderLength..]);
    }

    public Ipv4Endpoint Source { get; }

    public Ipv4Endpoint Destination { get; }

    public uint Sequence { get; }

    public uint Acknowledgement { get; }

    public TcpFlags Flags { get; }

    public ushort Window { get; }

    /// <summary>What the option says; 0 without.</summary>
    public ushort Mss { get; }

    /// <summary>A part of the datagram, which stays as it is.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Sequence numbers it takes: payload, SYN and FIN.</summary>
    public int Space => Payload.Length + (Has(TcpFlags.Syn) ? 1 : 0) + (Has(TcpFlags.Fin) ? 1 : 0);

    public bool Has(TcpFlags flag) => (Flags & flag) != 0;

    /// <summary>Takes a segment out of a datagram; false if it is damaged.</summary>
    public static bool TryParse(byte[] datagram, out IncomingSegment incoming)
    {
        incoming = default;
        if (!Ipv4Packet.TryParse(datagram, out Ipv4Packet packet, out _)
            || packet.Protocol != Ipv4Packet.Tcp
            || packet.IsFragment
            || !TcpSegment.TryParse(packet.Payload, out TcpSegment segment, out _)
            || segment.GetChecksumState(packet.Source, packet.Destination) != ChecksumState.Valid)
        {
            return false;
        }

        incoming = new IncomingSegment(
            new Ipv4Endpoint(packet.Source, segment.SourcePort),
            new Ipv4Endpoint(packet.Destination, segment.DestinationPort),
            segment,
            datagram.AsMemory(packet.Header.Length, packet.Payload.Length));
        return true;
    }

    private static ushort FindMss(ReadOnlySpan<byte> options)
    {
        while (options.Length > 0 && options[0] != EndOfOptions)
        {
            if (options[0] == MaximumSegmentSize)
            {
                return BinaryPrimitives.ReadUInt16BigEndian(options[2..]);
            }

            options = options[(options[0] == NoOperation ? 1 : options[1])..];
        }

        return 0;
    }
}
