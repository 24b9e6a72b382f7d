using System.Buffers.Binary;
using ReAim.Alg;
using ReAim.Alg.Translation.Userspace;
using ReAim.Alg.Wire;
using ReAim.Capture.Captures;
using ReAim.Capture.Reports;

namespace ReAim.Capture.Diverters.Replay;

/// <summary>
/// Feeds a recording through the engine as if this were the gateway, and writes the packets as they leave it. The clock is
/// the packets' timestamps. Every mapping counts as installed at once.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="translator">Who applies the engine's mappings; null if packets keep their ends.</param>
/// <param name="lan">The networks behind the gateway.</param>
/// <param name="reader">The recording.</param>
/// <param name="writer">Where the packets go that leave; null for nowhere.</param>
/// <param name="report">What was done.</param>
internal sealed class ReplayDiverter(
    Engine engine, UserspaceTranslator? translator, LanNetworks lan, CaptureReader reader, CaptureWriter? writer, ReplayReport report)
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
        report.Cut.Take(record);
        Span<byte> frame = reader.Bytes.Slice(record.FrameOffset, record.FrameLength);
        if (!TryFindDatagram(record, frame, out int offset, out Direction direction))
        {
            Write(reader.Bytes);
            return;
        }

        OffloadedHeader offloaded = OffloadedHeader.Complete(frame[offset..], record.OriginalLength - offset);
        if (direction == Direction.Inbound && !TryBringIn(frame[offset..], record.Time))
        {
            offloaded.Restore(frame[offset..]);
            Write(reader.Bytes);
            return;
        }

        Pass(record, reader.Bytes, record.FrameOffset + offset, offloaded, direction, report.PacketsIn, record.Time);
    }

    /// <summary>A record's datagram, which may be followed by link-layer padding but not by what else the record holds.</summary>
    private static Span<byte> Datagram(in CaptureRecord record, Span<byte> bytes, int offset) =>
        bytes[offset..(record.FrameOffset + record.FrameLength)];

    /// <summary>Translates a packet that is for the public address; false if it stays there.</summary>
    private bool TryBringIn(Span<byte> datagram, long time)
    {
        if (translator is null || Ipv4Address.Read(datagram[16..]) != engine.Options.PublicAddress)
        {
            return true;
        }

        bool translated = translator.Inbound(datagram, time) == TranslationVerdict.Translated;
        report.Translated += translated ? 1 : 0;
        return translated;
    }

    /// <summary>A packet with LAN addresses crosses the gateway, or waits in it.</summary>
    private void Pass(in CaptureRecord record, Span<byte> bytes, int offset, OffloadedHeader offloaded, Direction direction, long packetId, long time)
    {
        Verdict verdict = engine.Process(Datagram(record, bytes, offset), direction, packetId, time);
        if (verdict == Verdict.Hold)
        {
            HeldRecord held = _free.Count > 0 ? _free.Pop() : new HeldRecord();
            held.Fill(bytes, record, offset, offloaded, direction);
            _held.Add(packetId, held);
        }

        CarryOutEffects(packetId);
        if (verdict == Verdict.Hold)
        {
            report.Held += _held.ContainsKey(packetId) ? 1 : 0;
            return;
        }

        report.Rewritten += verdict == Verdict.ForwardEdited ? 1 : 0;
        Depart(record, bytes, offset, offloaded, direction, packetId, time);
    }

    /// <summary>A packet leaves; one to a mapping of our own turns back to the LAN.</summary>
    private void Depart(in CaptureRecord record, Span<byte> bytes, int offset, OffloadedHeader offloaded, Direction direction, long packetId, long time)
    {
        Span<byte> datagram = Datagram(record, bytes, offset);
        TranslationVerdict translation = direction == Direction.Outbound && translator is not null
            ? translator.Outbound(datagram, time)
            : TranslationVerdict.Unchanged;
        if (translation == TranslationVerdict.TurnedBack && TryBringIn(datagram, time))
        {
            Pass(record, bytes, offset, offloaded, Direction.Inbound, packetId, time);
            return;
        }

        report.Translated += translation is TranslationVerdict.Translated or TranslationVerdict.TurnedBack ? 1 : 0;
        offloaded.Restore(datagram);
        Write(bytes);
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
        if (record.Point == RecordingPoint.After)
        {
            // reaim's own recording has it twice: this is what came of it then.
            return false;
        }

        if (offset == LinkLayer.None)
        {
            engine.Reasons.Count(Reason.NotIpv4);
            return false;
        }

        ReadOnlySpan<byte> datagram = frame[offset..];
        if (datagram.Length < Ipv4Packet.MinHeaderLength
            || (record.FrameLength < record.OriginalLength && Length(datagram, record.OriginalLength - offset) > datagram.Length))
        {
            engine.Reasons.Count(Reason.Truncated);
            return false;
        }

        bool fromLan = lan.Contains(Ipv4Address.Read(datagram[12..]));
        bool toLan = lan.Contains(Ipv4Address.Read(datagram[16..]));
        bool forUs = translator is not null && !fromLan && Ipv4Address.Read(datagram[16..]) == engine.Options.PublicAddress;
        if (fromLan == toLan && !forUs)
        {
            engine.Reasons.Count(Reason.NotCrossing);
            return false;
        }

        direction = fromLan ? Direction.Outbound : Direction.Inbound;
        return true;
    }

    /// <summary>A datagram's length; where a card was to cut it up, what went to the card.</summary>
    private static long Length(ReadOnlySpan<byte> datagram, long original) =>
        BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) is var length and not 0 ? length : original;

    private void CarryOutEffects(long arriving)
    {
        List<(HeldRecord Held, long PacketId, long Time)>? released = null;
        while (engine.TryTakeEffect(out Effect effect))
        {
            switch (effect.Kind)
            {
                case EffectKind.Release:
                    if (TryRelease(effect, arriving) is { } held)
                    {
                        (released ??= []).Add((held, effect.PacketId, effect.Time));
                    }

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

        if (released is null)
        {
            return;
        }

        // Only now: one that is turned back is a new packet to the engine, which must not come amid the effects of another.
        foreach ((HeldRecord held, long packetId, long time) in released)
        {
            Depart(held.Record, held.Bytes, held.DatagramOffset, held.Offloaded, held.Direction, packetId, time);
            _free.Push(held);
        }
    }

    private HeldRecord? TryRelease(in Effect effect, long arriving)
    {
        if (!_held.Remove(effect.PacketId, out HeldRecord? held))
        {
            return null;
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

        return held;
    }

    private void Write(ReadOnlySpan<byte> record)
    {
        report.PacketsOut++;
        writer?.Write(record);
    }
}
