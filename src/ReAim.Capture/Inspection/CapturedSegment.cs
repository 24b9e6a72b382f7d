using System.Buffers.Binary;
using ReAim.Alg;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>A TCP segment as a capture has it: perhaps cut by the snap length, perhaps with an unfinished checksum.</summary>
internal readonly ref struct CapturedSegment
{
    /// <summary>Room for the largest datagram, for those that are cut.</summary>
    public const int ScratchLength = 65_535;

    /// <summary>Of a cut segment at least the ports, numbers and flags must be there.</summary>
    private const int LeastTcp = 14;

    private CapturedSegment(Ipv4Packet packet, TcpSegment segment, ReadOnlySpan<byte> payload, int missing)
    {
        Source = new Ipv4Endpoint(packet.Source, segment.SourcePort);
        Destination = new Ipv4Endpoint(packet.Destination, segment.DestinationPort);
        Sequence = segment.Sequence;
        Acknowledgement = segment.Acknowledgement;
        Flags = segment.Flags;
        Payload = payload;
        Missing = missing;
    }

    /// <summary>Who sent it.</summary>
    public Ipv4Endpoint Source { get; }

    /// <summary>To whom.</summary>
    public Ipv4Endpoint Destination { get; }

    /// <summary>The sequence number.</summary>
    public uint Sequence { get; }

    /// <summary>The acknowledgement number.</summary>
    public uint Acknowledgement { get; }

    /// <summary>The control bits.</summary>
    public TcpFlags Flags { get; }

    /// <summary>What was captured of the payload.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Bytes of payload that followed on the wire but were not captured.</summary>
    public int Missing { get; }

    /// <summary>Reads a datagram.</summary>
    /// <param name="datagram">The datagram, perhaps cut, perhaps followed by padding. The engine's views could edit it; nothing here does.</param>
    /// <param name="scratch">Room for a datagram that is cut.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="reason">Why there is none; <see cref="Reason.WrongTcpChecksum"/> if only its bytes are not to be trusted.</param>
    /// <returns>False if its bytes cannot be used; the ports are known if the checksum was the reason.</returns>
    public static bool TryRead(Span<byte> datagram, Span<byte> scratch, out CapturedSegment segment, out Reason reason)
    {
        segment = default;

        Span<byte> bytes = datagram;
        int missing = 0;
        if (NeedsCopy(datagram, out int length))
        {
            scratch = scratch[..length];
            int there = Math.Min(length, datagram.Length);
            missing = length - there;
            datagram[..there].CopyTo(scratch);
            scratch[there..].Clear();
            BinaryPrimitives.WriteUInt16BigEndian(scratch[2..], (ushort)length);
            bytes = scratch;
        }

        if (!Ipv4Packet.TryParse(bytes, out Ipv4Packet packet, out reason))
        {
            return false;
        }

        reason = packet.Protocol != Ipv4Packet.Tcp ? Reason.NotTcp
            : packet.IsFragment ? Reason.Fragment
            : packet.Payload.Length - missing < LeastTcp ? Reason.Truncated
            : missing == 0 && packet.HeaderChecksum != 0 && bytes == datagram && !packet.IsHeaderChecksumValid ? Reason.WrongIpChecksum
            : Reason.None;
        if (reason != Reason.None || !TcpSegment.TryParse(packet.Payload, out TcpSegment tcp, out reason))
        {
            return false;
        }

        int lost = Math.Min(missing, tcp.Payload.Length);
        segment = new CapturedSegment(packet, tcp, tcp.Payload[..(tcp.Payload.Length - lost)], lost);
        if (missing == 0 && tcp.GetChecksumState(packet.Source, packet.Destination) == ChecksumState.Wrong)
        {
            reason = Reason.WrongTcpChecksum;
            return false;
        }

        return true;
    }

    /// <summary>True for a datagram cut by the snap length, or one that a card was to cut up and whose length is not written yet.</summary>
    private static bool NeedsCopy(ReadOnlySpan<byte> datagram, out int length)
    {
        length = 0;
        if (datagram.Length < Ipv4Packet.MinHeaderLength || datagram.Length > ScratchLength)
        {
            return false;
        }

        length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if (length == 0)
        {
            length = datagram.Length;
            return true;
        }

        return length > datagram.Length;
    }
}
