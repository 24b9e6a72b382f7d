using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>
/// Carries the segments of a flow whose lengths were changed from one end's numbering to the other's: sequence number,
/// acknowledgement, selective acknowledgements, and the payload where it is another (docs/ARCHITECTURE.md, "Sequence translation").
/// </summary>
internal sealed class SegmentTranslator
{
    /// <summary>What every path takes: 576 bytes less two headers without options (RFC 9293 3.7.1).</summary>
    private const int SafePayload = 536;

    private const int LongestDatagram = ushort.MaxValue;

    private byte[] _output = [];
    private int _outputLength;

    /// <summary>The datagram made last.</summary>
    public Span<byte> Output => _output.AsSpan(0, _outputLength);

    /// <summary>Translates a segment.</summary>
    /// <param name="flow">Its flow.</param>
    /// <param name="side">Its direction.</param>
    /// <param name="datagram">Its datagram, of which the header may be written to.</param>
    /// <param name="output">The datagram that leaves: the same, or one of the translator's own, valid until the next call.</param>
    /// <returns>False if not a bit differs.</returns>
    public bool Translate(Flow flow, StreamSide side, Span<byte> datagram, out Span<byte> output)
    {
        output = datagram;
        if (!Ipv4Packet.TryParse(datagram, out Ipv4Packet packet, out _) || !TcpSegment.TryParse(packet.Payload, out TcpSegment segment, out _))
        {
            return false;
        }

        output = packet.Bytes;
        ChecksumState checksum = segment.GetChecksumState(packet.Source, packet.Destination);
        bool isChanged = segment.Has(TcpFlags.Ack) && TranslateAcknowledgements(flow.Opposite(side), segment, checksum);
        if (side.Splices is { IsEmpty: false } splices && !segment.Has(TcpFlags.Syn))
        {
            isChanged |= TranslateSequence(side, splices, packet, segment, checksum, ref output);
        }

        if (isChanged)
        {
            flow.Standing = FlowStanding.Translated;
        }

        return isChanged;
    }

    private bool TranslateSequence(StreamSide side, SpliceList splices, Ipv4Packet packet, TcpSegment segment, ChecksumState checksum, ref Span<byte> output)
    {
        uint sequence = segment.Sequence;
        long start = side.OffsetOf(sequence);
        long end = start + segment.Payload.Length;
        if (start < splices.Floor || splices.Touches(start, end))
        {
            output = Rebuild(side, splices, packet, segment, checksum, start);
            splices.Left = Math.Max(splices.Left, end);
            return true;
        }

        splices.Left = Math.Max(splices.Left, end);

        // What asks whether the other end is alive repeats its last byte, whose place may be that of the next one (RFC 9293 3.8.4).
        bool isProbe = start + 1 == side.Acknowledged && end <= side.Acknowledged;
        long moved = isProbe ? splices.ToReceiver(start + 1) - 1 : splices.ToReceiver(start);
        if (moved == start)
        {
            return false;
        }

        segment.WriteSequenceAndChecksum(sequence + (uint)(moved - start), checksum);
        return true;
    }

    /// <summary>What an end acknowledges, it counts in the numbering in which it received.</summary>
    private static bool TranslateAcknowledgements(StreamSide side, TcpSegment segment, ChecksumState checksum)
    {
        if (side.Splices is not { IsEmpty: false } splices)
        {
            return false;
        }

        uint before = segment.Acknowledgement;
        uint after = side.ToSender(before);
        bool isChanged = after != before;
        if (isChanged)
        {
            segment.WriteAcknowledgementAndChecksum(after, checksum);
        }

        Range range = TcpOption.Find(segment.Options, TcpOption.SelectiveAcknowledgement);
        Span<byte> value = stackalloc byte[8];
        for (int at = range.Start.Value; at + 8 <= range.End.Value; at += 8)
        {
            ReadOnlySpan<byte> block = segment.Options.Slice(at, 8);
            long begin = splices.ToSenderBegin(side.ReceiverOffsetOf(BinaryPrimitives.ReadUInt32BigEndian(block)));
            long end = Math.Min(splices.ToSenderEnd(side.ReceiverOffsetOf(BinaryPrimitives.ReadUInt32BigEndian(block[4..]))), side.LastOffset);

            // A block of nothing, which nobody heeds, instead of one that says too much.
            begin = Math.Min(begin, end);
            BinaryPrimitives.WriteUInt32BigEndian(value, side.SequenceOf(begin));
            BinaryPrimitives.WriteUInt32BigEndian(value[4..], side.SequenceOf(end));
            if (!block.SequenceEqual(value))
            {
                segment.WriteOptionsAndChecksum(at, value, checksum);
                isChanged = true;
            }
        }

        return isChanged;
    }

    /// <summary>
    /// Makes the datagram anew. What does not fit is left out, and with it PSH and FIN: the receiver acknowledges what it got,
    /// and the sender brings the rest.
    /// </summary>
    private Span<byte> Rebuild(StreamSide side, SpliceList splices, Ipv4Packet packet, TcpSegment segment, ChecksumState checksum, long start)
    {
        // Of bytes that the receiver has for certain nothing need be said again.
        int known = start < splices.Floor ? (int)Math.Min(splices.Floor - start, segment.Payload.Length) : 0;
        ReadOnlySpan<byte> payload = segment.Payload[known..];
        bool isKnown = known > 0 && payload.IsEmpty;
        long first = start + known;
        uint sequence = isKnown ? side.ReceiverSequenceOf(first) - 1 : side.ReceiverSequenceOf(first);

        int headers = packet.Header.Length + segment.Header.Length;
        int limit = Math.Min(Limit(side, splices, segment, start), LongestDatagram - headers);
        EnsureOutput(headers + limit);
        packet.Header.CopyTo(_output);
        segment.Header.CopyTo(_output.AsSpan(packet.Header.Length));
        int length = splices.Write(payload, first, _output.AsSpan(headers, limit));
        bool isTrimmed = length > limit;
        _outputLength = headers + Math.Min(length, limit);
        Span<byte> output = Output;
        Ipv4Packet.WriteLengthAndChecksum(output);
        _ = Ipv4Packet.TryParse(output, out Ipv4Packet outgoing, out _);
        _ = TcpSegment.TryParse(outgoing.Payload, out TcpSegment moved, out _);
        moved.WriteSequenceAndChecksum(sequence, ChecksumState.Partial);
        if (isTrimmed)
        {
            moved.ClearFlags(TcpFlags.Psh | TcpFlags.Fin);
        }

        moved.WriteChecksum(packet.Source, packet.Destination, checksum);
        return output;
    }

    /// <summary>
    /// How much payload may leave: as much as the receiver takes in a segment; of one that is sent again, no more than came,
    /// for the path may have refused more. What is larger than a segment is cut by an interface behind us.
    /// </summary>
    private static int Limit(StreamSide side, SpliceList splices, TcpSegment segment, long start)
    {
        int options = segment.Options.Length;
        int most = side.LargestSegment - options;
        return segment.Payload.Length > most ? LongestDatagram
            : start >= splices.Left ? most
            : Math.Max(segment.Payload.Length, SafePayload - options);
    }

    private void EnsureOutput(int length)
    {
        if (_output.Length < length)
        {
            _output = new byte[Math.Max(2_048, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length))];
        }
    }
}
