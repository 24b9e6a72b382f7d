using System.Buffers.Binary;
using ReAim.Alg;
using ReAim.Alg.Wire;
using ReAim.Capture.Captures;
using ReAim.Capture.Reports;

namespace ReAim.Capture.Diverters.Replay;

/// <summary>
/// Feeds a recording through the engine as if this were the gateway, and writes the packets as they leave it. The clock is
/// the packets' timestamps. Its translator installs every mapping at once.
/// </summary>
internal sealed class ReplayDiverter(Engine engine, LanNetworks lan, CaptureReader reader, CaptureWriter? writer, ReplayReport report)
{
    private readonly Dictionary<long, HeldRecord> _held = [];
    private readonly Stack<HeldRecord> _free = new();
    private long _clock = long.MinValue;

    /// <summary>Runs to the end of the recording.</summary>
    /// <param name="stop">Asks for an early end: the output is then not completed.</param>
    /// <exception cref="BadInputException">The recording has a link layer that cannot be looked into.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && reader.TryRead(out CaptureRecord record))
        {
            if (record.IsPacket)
            {
                report.PacketsIn++;
                _clock = Math.Max(_clock, record.Time);
                TakePacket(record);
            }
            else
            {
                writer?.Write(reader.Bytes);
            }
        }

        report.IsTruncated = reader.IsTruncated;
        if (_clock != long.MinValue)
        {
            engine.ReleaseAll(_clock);
            CarryOutEffects(arriving: 0);
        }
    }

    private void TakePacket(in CaptureRecord record)
    {
        engine.Advance(record.Time);
        CarryOutEffects(arriving: 0);
        Span<byte> frame = reader.Bytes.Slice(record.FrameOffset, record.FrameLength);
        if (!TryFindDatagram(record, frame, out int offset, out Direction direction))
        {
            Write(reader.Bytes);
            return;
        }

        long packetId = report.PacketsIn;
        Verdict verdict = engine.Process(frame[offset..], direction, packetId, record.Time);
        if (verdict == Verdict.Hold)
        {
            HeldRecord held = _free.Count > 0 ? _free.Pop() : new HeldRecord();
            held.Fill(reader.Bytes, record, record.FrameOffset + offset);
            _held.Add(packetId, held);
        }

        CarryOutEffects(packetId);
        if (verdict == Verdict.Hold)
        {
            report.Held += _held.ContainsKey(packetId) ? 1 : 0;
            return;
        }

        report.Rewritten += verdict == Verdict.ForwardEdited ? 1 : 0;
        Write(reader.Bytes);
    }

    /// <summary>Finds what the engine is to look at; what it is not is counted here.</summary>
    private bool TryFindDatagram(in CaptureRecord record, ReadOnlySpan<byte> frame, out int offset, out Direction direction)
    {
        direction = default;
        if (!LinkLayer.IsKnown(record.LinkType))
        {
            throw new BadInputException($"the recording has link type {record.LinkType}, which is not supported: record on an Ethernet, Linux cooked, PPP, Wi-Fi or raw IP interface.");
        }

        offset = LinkLayer.FindIpv4(record.LinkType, frame);
        if (offset == LinkLayer.None)
        {
            engine.Reasons.Count(Reason.NotIpv4);
            return false;
        }

        ReadOnlySpan<byte> datagram = frame[offset..];
        if (datagram.Length < Ipv4Packet.MinHeaderLength
            || (record.FrameLength < record.OriginalLength && BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) > datagram.Length))
        {
            engine.Reasons.Count(Reason.Truncated);
            return false;
        }

        bool fromLan = lan.Contains(Ipv4Address.Read(datagram[12..]));
        bool toLan = lan.Contains(Ipv4Address.Read(datagram[16..]));
        if (fromLan == toLan)
        {
            engine.Reasons.Count(Reason.NotCrossing);
            return false;
        }

        direction = fromLan ? Direction.Outbound : Direction.Inbound;
        return true;
    }

    private void CarryOutEffects(long arriving)
    {
        while (engine.TryTakeEffect(out Effect effect))
        {
            switch (effect.Kind)
            {
                case EffectKind.Release:
                    Release(effect, arriving);
                    break;
                case EffectKind.OpenMapping:
                    engine.AnswerMapping(effect.Mapping, installed: true, effect.Time);
                    break;
                case EffectKind.OfferOpened:
                    report.Open(effect);
                    break;
                case EffectKind.OfferConnected:
                    report.Connect(effect);
                    break;
                case EffectKind.OfferClosed:
                    report.Close(effect);
                    break;
                case EffectKind.ExpectServer:
                    report.Servers.Add(effect.Server!);
                    break;
            }
        }
    }

    private void Release(in Effect effect, long arriving)
    {
        if (!_held.Remove(effect.PacketId, out HeldRecord? held))
        {
            return;
        }

        if (effect.Edited)
        {
            effect.Bytes.Span.CopyTo(held.Bytes[held.DatagramOffset..]);
            report.Rewritten++;
        }

        if (effect.PacketId != arriving)
        {
            reader.Format.SetTime(held.Bytes, held.Record, effect.Time);
        }

        Write(held.Bytes);
        _free.Push(held);
    }

    private void Write(ReadOnlySpan<byte> record)
    {
        report.PacketsOut++;
        writer?.Write(record);
    }
}
