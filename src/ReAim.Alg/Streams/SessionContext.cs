using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>
/// What a session may know and ask for while it reads: one instance per engine, filled for each segment.
/// </summary>
internal sealed class SessionContext(EngineOptions options, OfferBook offers, GuardedFlows guarded, ReasonCounters reasons, EffectQueue effects)
{
    /// <summary>Servers whose watch is waited for at once: a hostile server may name hundreds in a segment.</summary>
    private const int MaxAwaitedServers = 64;

    /// <summary>Messages that wait for a mapping at once: a hostile client may repeat its offers while a translator is slow.</summary>
    private const int MaxAwaitedOffers = 1_024;

    /// <summary>Bytes of a word that is told to the log.</summary>
    private const int LongestWord = 24;

    private readonly List<AwaitedOffer> _awaited = [];
    private readonly List<AwaitedServer> _awaitedServers = [];
    // By reference. A flow has no room to remember whose share it was.
    private readonly Dictionary<byte[], Ipv4Address> _rented = [];
    private readonly HostShares _assembly = new(options.MaxAssemblyBytesPerHost, options.MaxAssemblyBytes);

    /// <summary>The flow that is read.</summary>
    public Flow Flow { get; private set; } = null!;

    /// <summary>The direction that is read.</summary>
    public StreamSide Side { get; private set; } = null!;

    /// <summary>The time of the event.</summary>
    public long Now { get; private set; }

    /// <summary>Limits and addresses.</summary>
    public EngineOptions Options => options;

    /// <summary>The offers and mappings there are.</summary>
    public OfferBook Offers => offers;

    /// <summary>How often each reason fell.</summary>
    public ReasonCounters Reasons => reasons;

    /// <summary>Points at the segment that is read.</summary>
    public void Enter(Flow flow, StreamSide side, long now) => (Flow, Side, Now) = (flow, side, now);

    /// <summary>
    /// True if the byte at an offset has already gone on, so that an edit would come too late; who only listens is always late.
    /// </summary>
    public bool HasLeft(long offset) => options.ListensOnly || offset < Side.Left;

    /// <summary>True if that many edits can still be kept on this side.</summary>
    public bool HasRoomForEdits(int count) => Side.Edits is null || Side.Edits.HasRoomFor(count, Side.Acknowledged);

    /// <summary>Decides the bytes at an offset, behind all edits made before.</summary>
    /// <param name="offset">The stream offset of the first.</param>
    /// <param name="bytes">An edit for each <see cref="EditList.LongestEdit"/> of them, or fewer.</param>
    public void Edit(long offset, ReadOnlySpan<byte> bytes)
    {
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(EditList.LongestEdit, bytes.Length)..])
        {
            ReadOnlySpan<byte> part = bytes[..Math.Min(EditList.LongestEdit, bytes.Length)];
            (Side.Edits ??= new EditList()).Add(offset, part);
            offset += part.Length;
        }
    }

    /// <summary>True if that many splices can still be kept on this side.</summary>
    public bool HasRoomForSplices(int count) => Side.Splices is null || Side.Splices.HasRoomFor(count, Side.Acknowledged);

    /// <summary>True if the flow is guarded, as it must be before its first <see cref="Splice"/>.</summary>
    public bool TryGuard() => guarded.TryGuard(Flow.Key);

    /// <summary>Puts other bytes, of any number, in the place of those at an offset, behind all edits made before.</summary>
    /// <param name="offset">The stream offset of the first byte to go.</param>
    /// <param name="removed">How many go: at least one.</param>
    /// <param name="inserted">What comes: at least one byte.</param>
    public void Splice(long offset, int removed, ReadOnlySpan<byte> inserted) =>
        (Side.Splices ??= new SpliceList()).Add(offset, removed, inserted);

    /// <summary>
    /// Keeps what advertises an offer waiting until the translator has answered, if it has not yet.
    /// </summary>
    /// <param name="offer">The offer.</param>
    /// <param name="from">The first offset that must wait; <see cref="long.MaxValue"/> if nothing waits any more.</param>
    /// <param name="to">The offset after the message.</param>
    /// <param name="reason">What the offer becomes once its mapping is installed.</param>
    public void Await(Offer offer, long from, long to, Reason reason)
    {
        if (offer.Entry.Installed)
        {
            offers.Confirm(offer, reason, Now);
            return;
        }

        if (_awaited.Count >= MaxAwaitedOffers)
        {
            reasons.Count(Reason.HoldLimit);
            if (from != long.MaxValue)
            {
                // No mapping, no rewrite; the offer itself ends by its deadline.
                Side.TakeBack(from, to);
                TellInside(offer, reason, Now);
            }

            return;
        }

        Flow.AwaitedAnswers++;
        _awaited.Add(new AwaitedOffer(Flow, Side, offer, offer.Version, offer.Mapping, from, to, reason));
    }

    /// <summary>What was to be rewritten in an offer was not: then its peer learns the inside address.</summary>
    private void TellInside(Offer offer, Reason reason, long now)
    {
        if (reason == Reason.OfferRewritten)
        {
            offers.Tell(offer, inside: true, now);
        }
    }

    /// <summary>The first offset of a side that waits for the translator.</summary>
    public long AwaitedFrom(StreamSide side)
    {
        long first = long.MaxValue;
        foreach (AwaitedOffer awaited in _awaited)
        {
            if (awaited.Side == side)
            {
                first = Math.Min(first, awaited.From);
            }
        }

        foreach (AwaitedServer awaited in _awaitedServers)
        {
            if (awaited.Side == side)
            {
                first = Math.Min(first, awaited.From);
            }
        }

        return first;
    }

    /// <summary>Takes an offer that waits for a mapping, in the order in which they were made; false if there is none left.</summary>
    public bool TryTakeAwaited(Mapping mapping, out AwaitedOffer awaited)
    {
        for (int i = 0; i < _awaited.Count; i++)
        {
            if (_awaited[i].Mapping == mapping)
            {
                awaited = _awaited[i];
                _awaited.RemoveAt(i);
                awaited.Flow.AwaitedAnswers--;
                return true;
            }
        }

        awaited = default;
        return false;
    }

    /// <summary>Takes what named a server and waits for its watch; false if there is none left.</summary>
    public bool TryTakeAwaited(ExpectedServer server, out AwaitedServer awaited)
    {
        int index = _awaitedServers.FindIndex(entry => entry.Server == server);
        awaited = index < 0 ? default : _awaitedServers[index];
        if (index >= 0)
        {
            _awaitedServers.RemoveAt(index);
            awaited.Flow.AwaitedAnswers--;
        }

        return index >= 0;
    }

    /// <summary>
    /// The bytes of a side go on without an answer: its offers go unchanged, and only a mapping that keeps the port is still
    /// of use to them.
    /// </summary>
    public void AbandonAwaited(Flow flow, StreamSide side, Reason reason, long now)
    {
        flow.AwaitedAnswers -= (ushort)_awaitedServers.RemoveAll(entry => entry.Side == side);
        for (int i = _awaited.Count - 1; i >= 0; i--)
        {
            AwaitedOffer awaited = _awaited[i];
            if (awaited.Side != side || awaited.From == long.MaxValue)
            {
                continue;
            }

            side.TakeBack(awaited.From, awaited.To);
            if (awaited.Mapping.KeepsPort)
            {
                _awaited[i] = awaited with { From = long.MaxValue, Reason = Reason.OfferLate };
                if (awaited.IsCurrent)
                {
                    TellInside(awaited.Offer, awaited.Reason, now);
                }

                continue;
            }

            _awaited.RemoveAt(i);
            awaited.Flow.AwaitedAnswers--;
            if (awaited.IsCurrent)
            {
                offers.Close(awaited.Offer, reason, now);
            }
        }
    }

    /// <summary>A flow is forgotten: what it waited for goes with it.</summary>
    public void ForgetAwaited(Flow flow)
    {
        if (flow.AwaitedAnswers > 0)
        {
            _awaited.RemoveAll(entry => entry.Flow == flow);
            _awaitedServers.RemoveAll(entry => entry.Flow == flow);
            flow.AwaitedAnswers = 0;
        }
    }

    /// <summary>The address for which an offer is about to be judged <see cref="Reason.AddressForeign"/>.</summary>
    public Ipv4Address Foreign { get; set; }

    /// <summary>An offer was judged; none if it waits for its mapping, which says the rest.</summary>
    public void Judge(Reason reason)
    {
        reasons.Count(reason);
        if (reason != Reason.None)
        {
            Tell(reason);
        }
    }

    /// <summary>An offer that has just got its mapping gives it back, because its message stays as it is.</summary>
    public void Refuse(Offer offer, Reason reason)
    {
        offers.Close(offer, reason, Now);
        Tell(reason);
    }

    private void Tell(Reason reason)
    {
        bool isForeign = reason == Reason.AddressForeign;
        effects.Add(new Effect
        {
            Kind = EffectKind.OfferPassed,
            Reason = reason,
            Time = Now,
            Flow = Flow.Key,
            Protocol = Flow.Protocol,
            Named = isForeign ? Foreign : default,
            Host = isForeign ? Flow.Host : default,
        });
    }

    /// <summary>Says where the client's next connection goes. The end of what says so waits until that is watched, if anybody can tell.</summary>
    /// <param name="host">The server, as written.</param>
    /// <param name="port">Its port.</param>
    /// <param name="last">The stream offset of the message's last byte.</param>
    public void Expect(string host, ushort port, long last)
    {
        var server = new ExpectedServer(Flow.Host, host, port);
        reasons.Count(Reason.ServerLearnt);
        effects.Add(new Effect { Kind = EffectKind.ExpectServer, Reason = Reason.ServerLearnt, Time = Now, Flow = Flow.Key, Server = server });
        if (!options.AnswersServers || options.WatchedPorts.Contains(port) || HasLeft(last))
        {
            return;
        }

        if (_awaitedServers.Count >= MaxAwaitedServers)
        {
            reasons.Count(Reason.HoldLimit);
        }
        else
        {
            Flow.AwaitedAnswers++;
            _awaitedServers.Add(new AwaitedServer(Flow, Side, server, last));
        }
    }

    /// <summary>The flow is one that is helped from now on.</summary>
    public void Recognise(Reason reason)
    {
        Flow.State = FlowState.Recognised;
        Flow.Standing = FlowStanding.Verified;
        if (options.IsTracked && Flow.Protocol is { ChangesLengths: true })
        {
            Flow.PublicAddress = default;
        }

        reasons.Count(reason);
        effects.Add(new Effect
        {
            Kind = EffectKind.FlowRecognised,
            Reason = reason,
            Time = Now,
            Flow = Flow.Key,
            Protocol = Flow.Protocol,
            HasOffers = Flow.Session is { HasOffers: true },
        });
    }

    /// <summary>The flow is not, or no longer, what it must be: it is left alone for good.</summary>
    public void Reject(Reason reason)
    {
        if (Flow.State == FlowState.Candidate)
        {
            Doubt(Alg.Doubt.None, default);
        }

        Flow.State = FlowState.Done;
        reasons.Count(reason);
    }

    /// <summary>The flow is none of a protocol that is helped: it is left alone for good.</summary>
    /// <param name="doubt">What spoke against it.</param>
    /// <param name="line">The line that did.</param>
    public void Decline(Doubt doubt, ReadOnlySpan<byte> line)
    {
        Doubt(doubt, line);
        Flow.State = FlowState.Done;
        reasons.Count(Reason.NotRecognised);
    }

    /// <summary>The flow ended before anybody could tell what it is.</summary>
    public void EndUnrecognised() => Doubt(Alg.Doubt.Ended, default);

    /// <summary>Either end said goodbye: the flow's offers stay for a grace time.</summary>
    public void SignOff()
    {
        if (!Flow.SignedOff)
        {
            Flow.SignedOff = true;
            offers.SignOff(Flow.Key, Now);
        }
    }

    private void Doubt(Doubt doubt, ReadOnlySpan<byte> line)
    {
        int end = line.IndexOfAny(" \r\n"u8);
        ReadOnlySpan<byte> word = line[..Math.Min(end < 0 ? line.Length : end, LongestWord)];
        effects.Add(new Effect
        {
            Kind = EffectKind.FlowNotRecognised,
            Doubt = doubt,
            Reason = Reason.NotRecognised,
            Time = Now,
            Flow = Flow.Key,
            Protocol = Flow.Protocol,
            Bytes = word.IsEmpty ? default : word.ToArray(),
        });
    }

    /// <summary>Asks for room to collect a message; give it back with <see cref="ReturnAssembly"/>.</summary>
    public byte[]? TryRentAssembly(int length)
    {
        Ipv4Address host = Flow.Key.Lan.Address;
        if (length > options.MaxMessageLength || !_assembly.HasRoom(host, length))
        {
            reasons.Count(Reason.AssemblyLimit);
            return null;
        }

        _assembly.Take(host, length);
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(length);
        _rented.Add(buffer, host);
        return buffer;
    }

    /// <summary>Gives room back.</summary>
    /// <param name="buffer">What was given.</param>
    /// <param name="length">The length that was asked for.</param>
    public void ReturnAssembly(byte[] buffer, int length)
    {
        _rented.Remove(buffer, out Ipv4Address host);
        _assembly.Return(host, length);
        System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
    }
}
