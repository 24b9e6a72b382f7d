using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation;

/// <summary>
/// All offers that have a mapping: who made them, how long they last, how many there may be. An offer counts towards the
/// caps until it is closed.
/// </summary>
internal sealed class OfferBook(EngineOptions options, ReasonCounters reasons, EffectQueue effects)
{
    private readonly Dictionary<(FlowKey Flow, ulong Cookie), Offer> _offers = [];
    private readonly Dictionary<FlowKey, Offer> _listeners = [];
    private readonly List<Offer> _open = [];
    private readonly Dictionary<Ipv4Address, int> _perHost = [];
    private readonly Stack<Offer> _free = new();
    private readonly Stack<Offer> _closed = new();

    /// <summary>Grows with every offer that comes, goes, or lasts otherwise than before, as when its peer has connected.</summary>
    public int Changes { get; private set; }

    /// <summary>The mappings of all offers.</summary>
    public MappingTable Mappings { get; } = new(options);

    /// <summary>The offers that have a mapping, in no order; valid until one is opened or closed.</summary>
    public ReadOnlySpan<Offer> Pending => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_open);

    /// <summary>When the next offer ends.</summary>
    public long NextDeadline { get; private set; } = long.MaxValue;

    /// <summary>Finds an offer.</summary>
    public Offer? Find(FlowKey flow, ulong cookie) => _offers.TryGetValue((flow, cookie), out Offer? offer) ? offer : null;

    /// <summary>Finds the listener of a flow.</summary>
    public Offer? FindListener(FlowKey flow) => _listeners.TryGetValue(flow, out Offer? offer) ? offer : null;

    /// <summary>Finds the offer that was made by a message.</summary>
    public Offer? FindByRequest(FlowKey flow, uint requestId)
    {
        foreach (Offer offer in _open)
        {
            if (offer.RequestId == requestId && offer.Flow == flow && !offer.IsListener)
            {
                return offer;
            }
        }

        return null;
    }

    /// <summary>True if any LAN host made an offer with that cookie.</summary>
    public bool HasCookie(ulong cookie)
    {
        foreach (Offer offer in _open)
        {
            if (offer.Cookie == cookie && !offer.IsListener)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True if there is an offer of another flow.</summary>
    public bool HasOtherThan(FlowKey flow)
    {
        foreach (Offer offer in _open)
        {
            if (offer.Flow != flow)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Finds the offer with a cookie that advertises a public port.</summary>
    public Offer? FindByPublic(ushort port, ulong cookie)
    {
        foreach (Offer offer in _open)
        {
            if (offer.Cookie == cookie && offer.Mapping.Public.Port == port && !offer.IsListener)
            {
                return offer;
            }
        }

        return null;
    }

    /// <summary>Finds a flow's offer by the port that its sender, or its peers, know.</summary>
    public Offer? FindByPort(FlowKey flow, uint port, bool isOwn)
    {
        foreach (Offer offer in _open)
        {
            if (offer.Flow == flow && (isOwn ? offer.Mapping.Lan.Port : offer.Mapping.Public.Port) == port)
            {
                return offer;
            }
        }

        return null;
    }

    /// <summary>
    /// Gives an offer its mapping. The same cookie again keeps it, with another port, or once the public
    /// address is another, replaces it (PROTOCOL 7.1 O4).
    /// </summary>
    /// <returns><see cref="Reason.None"/>, or why there is none.</returns>
    public Reason TryOpen(in OfferRequest request, long now, out Offer? offer)
    {
        Flow flow = request.Flow;
        offer = request.IsListener ? FindListener(flow.Key) : Find(flow.Key, request.Cookie);
        if (offer is not null)
        {
            if (offer.Mapping.Lan.Port == request.Port
                && offer.Mapping.Public.Address == flow.PublicAddress
                && (offer.Mapping.KeepsPort || !request.SamePortOnly))
            {
                Renew(offer, request, now);
                return Reason.None;
            }

            Close(offer, Reason.Replaced, now);
            offer = null;
        }

        Ipv4Address host = flow.Host;
        var lan = new Ipv4Endpoint(host, request.Port);
        Reason refusal = options.Access.Check(lan);
        if (refusal != Reason.None)
        {
            return refusal;
        }

        if (_perHost.GetValueOrDefault(host) >= options.MaxOffersPerHost || _open.Count >= options.MaxOffers)
        {
            CloseConnected(host, now);
        }

        int ofHost = _perHost.GetValueOrDefault(host);
        if (ofHost >= options.MaxOffersPerHost || _open.Count >= options.MaxOffers)
        {
            return ofHost >= options.MaxOffersPerHost ? Reason.HostLimit : Reason.MappingLimit;
        }

        Reason reason = Mappings.TryGet(flow.PublicAddress, lan, request.SamePortOnly, out MappingEntry? entry);
        if (entry is null)
        {
            return reason;
        }

        offer = _free.Count > 0 ? _free.Pop() : new Offer();
        (offer.Flow, offer.Protocol, offer.Cookie, offer.Opened) = (flow.Key, flow.Protocol, request.Cookie, now);
        (offer.Entry, offer.Mapping, offer.Announced, offer.IsListener) = (entry, entry.Mapping, false, request.IsListener);
        Add(offer, entry, request.TellsInside, now);
        Renew(offer, request, now);
        return Reason.None;
    }

    private void Add(Offer offer, MappingEntry entry, bool tellsInside, long now)
    {
        if (entry.Offers++ == 0)
        {
            (offer.TellsInside, entry.TellingInside) = (tellsInside, tellsInside ? 1 : 0);
            effects.Add(new Effect { Kind = EffectKind.OpenMapping, Time = now, Flow = offer.Flow, Mapping = entry.Mapping, TurnsBack = entry.TurnsBack });
        }
        else
        {
            Tell(offer, tellsInside, now);
        }

        offer.Index = _open.Count;
        _open.Add(offer);
        if (offer.IsListener)
        {
            _listeners.Add(offer.Flow, offer);
        }
        else
        {
            _offers.Add((offer.Flow, offer.Cookie), offer);
        }

        Ipv4Address host = entry.Mapping.Lan.Address;
        _perHost[host] = _perHost.GetValueOrDefault(host) + 1;
    }

    /// <summary>Takes over an offer of an engine before this one, if its ends are free and the caps allow it.</summary>
    /// <returns><see cref="Reason.None"/>, or why it is not taken over.</returns>
    public Reason TryAdopt(SavedOffer saved, ProtocolDescriptor protocol, long now)
    {
        Ipv4Endpoint lan = saved.Mapping.Lan;
        if (saved.Deadline <= now || (saved.IsListener ? FindListener(saved.Flow) : Find(saved.Flow, saved.Cookie)) is not null)
        {
            return Reason.Expired;
        }

        Reason refusal = options.Access.Check(lan);
        int ofHost = _perHost.GetValueOrDefault(lan.Address);
        if (refusal != Reason.None || ofHost >= options.MaxOffersPerHost || _open.Count >= options.MaxOffers)
        {
            return refusal != Reason.None ? refusal : ofHost >= options.MaxOffersPerHost ? Reason.HostLimit : Reason.MappingLimit;
        }

        if (Mappings.TryAdopt(saved.Mapping) is not { } entry)
        {
            return Reason.PortTaken;
        }

        Offer offer = _free.Count > 0 ? _free.Pop() : new Offer();
        (offer.Flow, offer.Protocol, offer.Cookie, offer.Opened) = (saved.Flow, protocol, saved.Cookie, saved.Opened);
        (offer.Entry, offer.Mapping, offer.Announced, offer.IsListener) = (entry, entry.Mapping, true, saved.IsListener);
        (offer.Capability, offer.RequestId, offer.Renewed) = (saved.Capability, saved.RequestId, saved.Renewed);
        (offer.ConnectedFrom, offer.ConnectedAt, offer.IsAcceptedNearby, offer.IsToNeighbour) = (saved.ConnectedFrom, saved.ConnectedAt, saved.IsAcceptedNearby, false);
        offer.SetPeer(saved.Peer.Span);
        Add(offer, entry, saved.TellsInside, now);
        // Whether its client is still signed on is not known.
        SetDeadline(offer, Math.Min(saved.Deadline, now + options.OfferTime), saved.IsListener ? Reason.Expired : saved.DeadlineReason);
        return Reason.None;
    }

    /// <summary>
    /// Says whether an offer's peer may know the inside address. Where offers share a mapping, one that may is enough: its LAN
    /// neighbours are not turned back.
    /// </summary>
    public void Tell(Offer offer, bool inside, long now)
    {
        if (offer.TellsInside == inside)
        {
            return;
        }

        offer.TellsInside = inside;
        bool before = offer.Entry.TurnsBack;
        offer.Entry.TellingInside += inside ? 1 : -1;
        AnnounceTurn(offer, before, now);
    }

    /// <summary>
    /// A host that is at its cap gives up the offer whose peer connected, or was near and accepted, longest ago: it only waits for that
    /// peer's second try.
    /// </summary>
    private void CloseConnected(Ipv4Address host, long now)
    {
        Offer? oldest = null;
        foreach (Offer offer in _open)
        {
            bool isServed = !offer.ConnectedFrom.IsZero || offer.IsAcceptedNearby;
            if (offer.Mapping.Lan.Address == host && !offer.IsListener && isServed && (oldest is null || offer.ConnectedAt < oldest.ConnectedAt))
            {
                oldest = offer;
            }
        }

        if (oldest is not null)
        {
            Close(oldest, oldest.ConnectedFrom.IsZero ? Reason.Accepted : Reason.Connected, now);
        }
    }

    /// <summary>The offer's mapping is installed and its message goes on.</summary>
    public void Confirm(Offer offer, Reason reason, long now)
    {
        reasons.Count(reason);
        if (!offer.Announced)
        {
            offer.Announced = true;
            effects.Add(new Effect { Kind = EffectKind.OfferOpened, Reason = reason, Time = now, Flow = offer.Flow, Offer = offer, Mapping = offer.Mapping });
        }
    }

    /// <summary>The translator has installed a mapping.</summary>
    public void NoteInstalled(MappingEntry entry)
    {
        Changes++;
        entry.Installed = true;
    }

    /// <summary>An offer gives its mapping back; the last one closes the mapping.</summary>
    public void Close(Offer offer, Reason reason, long now)
    {
        Changes++;
        reasons.Count(reason);
        if (offer.Announced)
        {
            effects.Add(new Effect { Kind = EffectKind.OfferClosed, Reason = reason, Time = now, Flow = offer.Flow, Offer = offer, Mapping = offer.Mapping });
        }

        bool turned = offer.Entry.TurnsBack;
        offer.Entry.TellingInside -= offer.TellsInside ? 1 : 0;
        offer.TellsInside = false;
        if (--offer.Entry.Offers == 0)
        {
            if (reason != Reason.MappingRefused)
            {
                effects.Add(new Effect { Kind = EffectKind.CloseMapping, Reason = reason, Time = now, Flow = offer.Flow, Mapping = offer.Mapping });
            }

            Mappings.Remove(offer.Entry);
        }
        else
        {
            AnnounceTurn(offer, turned, now);
        }

        Offer last = _open[^1];
        _open[offer.Index] = last;
        last.Index = offer.Index;
        _open.RemoveAt(_open.Count - 1);
        if (offer.IsListener)
        {
            _listeners.Remove(offer.Flow);
        }
        else
        {
            _offers.Remove((offer.Flow, offer.Cookie));
        }

        Ipv4Address host = offer.Mapping.Lan.Address;
        if (--System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(_perHost, host) == 0)
        {
            _perHost.Remove(host);
        }

        offer.Version++;
        _closed.Push(offer);
    }

    /// <summary>An offer lasts no longer than some time from now.</summary>
    public void Shorten(Offer offer, long deadline, Reason reason)
    {
        if (deadline < offer.Deadline)
        {
            SetDeadline(offer, deadline, reason);
        }
    }

    /// <summary>A client signed off: its offers stay for the grace time.</summary>
    public void SignOff(FlowKey flow, long now)
    {
        foreach (Offer offer in _open)
        {
            if (offer.Flow == flow)
            {
                Shorten(offer, now + options.SignOffGrace, Reason.SignedOff);
            }
        }
    }

    /// <summary>A flow is no longer read, so that its end may never be seen: its listener lasts no longer than an offer.</summary>
    public void StopReading(FlowKey flow, long now)
    {
        if (FindListener(flow) is { } listener)
        {
            Shorten(listener, now + options.OfferTime, Reason.Expired);
        }
    }

    /// <summary>Closes the offers whose public port is reserved now.</summary>
    public void CloseReserved(long now)
    {
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            if (options.ReservedPorts.Contains(_open[i].Mapping.Public.Port))
            {
                Close(_open[i], Reason.PortReclaimed, now);
            }
        }
    }

    /// <summary>Closes what ends at a time.</summary>
    public void Fire(long now)
    {
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i].Deadline <= now)
            {
                Close(_open[i], _open[i].DeadlineReason, now);
            }
        }

        NextDeadline = long.MaxValue;
        foreach (Offer offer in _open)
        {
            NextDeadline = Math.Min(NextDeadline, offer.Deadline);
        }
    }

    /// <summary>All effects were taken: closed offers may be used again.</summary>
    public void Recycle()
    {
        while (_closed.TryPop(out Offer? offer))
        {
            _free.Push(offer);
        }
    }

    private void Renew(Offer offer, in OfferRequest request, long now)
    {
        offer.Capability = request.Capability;
        offer.RequestId = request.RequestId;
        offer.ConnectedFrom = default;
        offer.Renewed = now;
        offer.IsToNeighbour = offer.IsAcceptedNearby = false;
        offer.SetPeer(offer.IsListener ? default : request.Peer);
        Tell(offer, request.TellsInside, now);
        SetDeadline(offer, offer.IsListener ? Engine.EndOfTime : now + options.OfferTime, Reason.Expired);
        if (request.Flow.SignedOff)
        {
            Shorten(offer, now + options.SignOffGrace, Reason.SignedOff);
        }
    }

    /// <summary>Has the translator told if an offer's mapping turns neighbours back otherwise than before.</summary>
    private void AnnounceTurn(Offer offer, bool before, long now)
    {
        bool turnsBack = offer.Entry.TurnsBack;
        if (turnsBack != before)
        {
            effects.Add(new Effect { Kind = EffectKind.TurnMapping, Time = now, Flow = offer.Flow, Mapping = offer.Mapping, TurnsBack = turnsBack });
        }
    }

    private void SetDeadline(Offer offer, long deadline, Reason reason)
    {
        Changes++;
        offer.Deadline = deadline;
        offer.DeadlineReason = reason;
        NextDeadline = Math.Min(NextDeadline, deadline);
    }
}
