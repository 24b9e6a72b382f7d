using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Alg;

/// <content>What callers ask about mappings, and tell of peers whose packets the engine does not see.</content>
public sealed partial class Engine
{
    // Below are the ports that no client of ours listens on.
    private const int FirstPort = 1_024;

    /// <summary>
    /// Grows when anything may have changed in <see cref="CopyEndsTo"/>, or in whom <see cref="PendingOffers"/> wait for.
    /// </summary>
    public int EndChanges => _offers.Changes + _offers.Mappings.Ports.Changes;

    /// <summary>The public ends in use, each with its LAN end: mappings, and translated connections that outlive them.</summary>
    /// <param name="ends">Are added to it, some perhaps twice.</param>
    public void CopyEndsTo(ICollection<Mapping> ends)
    {
        ArgumentNullException.ThrowIfNull(ends);
        foreach (MappingEntry entry in _offers.Mappings.All)
        {
            ends.Add(entry.Mapping);
        }

        foreach ((ushort port, Ipv4Endpoint lan) in _offers.Mappings.Ports.All)
        {
            ends.Add(new Mapping(new Ipv4Endpoint(Options.PublicAddress, port), lan));
        }
    }

    /// <summary>What an engine that follows this one is to know of its offers.</summary>
    /// <param name="offers">Are added to it.</param>
    public void CopyOffersTo(ICollection<SavedOffer> offers)
    {
        ArgumentNullException.ThrowIfNull(offers);
        foreach (Offer offer in _offers.Pending)
        {
            if (offer is { Entry.Installed: true, Protocol: { } protocol })
            {
                offers.Add(new SavedOffer
                {
                    Flow = offer.Flow,
                    Protocol = protocol.Name,
                    Cookie = offer.Cookie,
                    Capability = offer.Capability,
                    RequestId = offer.RequestId,
                    Mapping = offer.Mapping,
                    Opened = offer.Opened,
                    Renewed = offer.Renewed,
                    Deadline = offer.Deadline,
                    DeadlineReason = offer.DeadlineReason,
                    ConnectedFrom = offer.ConnectedFrom,
                    ConnectedAt = offer.ConnectedAt,
                    IsListener = offer.IsListener,
                    TellsInside = offer.TellsInside,
                    IsAcceptedNearby = offer.IsAcceptedNearby,
                    Peer = offer.Peer.ToArray(),
                });
            }
        }
    }

    /// <summary>
    /// Takes over an offer of the engine before this one, so that its peer still arrives, and nobody else does. Its mapping is asked for
    /// by an effect, as for an offer that is new. To be called before the first packet.
    /// </summary>
    /// <param name="saved">The offer.</param>
    /// <param name="now">Nanoseconds on the caller's clock, which is the one of that engine.</param>
    /// <returns>False if it has ended, or breaks a rule or a cap of this engine.</returns>
    public bool TryAdopt(SavedOffer saved, long now)
    {
        ArgumentNullException.ThrowIfNull(saved);
        SetClock(now);
        foreach (ProtocolDescriptor protocol in Options.Protocols)
        {
            if (protocol.Name == saved.Protocol)
            {
                return saved.Mapping.Lan.Port >= FirstPort && _offers.TryAdopt(saved, protocol, _now) == Reason.None;
            }
        }

        return false;
    }

    /// <summary>Finds the mapping of a public end.</summary>
    /// <param name="publicEnd">The public end.</param>
    /// <param name="mapping">The mapping.</param>
    /// <returns>False if there is none.</returns>
    public bool TryFindMapping(Ipv4Endpoint publicEnd, out Mapping mapping)
    {
        MappingEntry? entry = _offers.Mappings.FindByPublic(publicEnd);
        mapping = entry?.Mapping ?? default;
        return entry is not null;
    }

    /// <summary>
    /// Closes the mappings whose public port is in <see cref="EngineOptions.ReservedPorts"/> since: whoever connects there wants the
    /// port's new owner. To be called when the set has grown.
    /// </summary>
    /// <param name="now">Nanoseconds on the caller's clock.</param>
    public void CloseReservedPorts(long now)
    {
        SetClock(now);
        _offers.CloseReserved(_now);
    }

    /// <summary>True if a mapping leads to a LAN end: what goes there from another LAN host is a peer's, and inbound.</summary>
    /// <param name="lanEnd">The LAN end.</param>
    public bool IsMapped(Ipv4Endpoint lanEnd) => _offers.Mappings.FindByLan(lanEnd) is not null;

    /// <summary>
    /// Asks whether a peer may use a mapping whose connects the translator itself takes, so that no packet of theirs comes by here.
    /// A refusal is counted.
    /// </summary>
    /// <param name="lanEnd">The LAN end that the mapping leads to.</param>
    /// <param name="peer">Where the connect comes from.</param>
    /// <returns><see cref="Reason.None"/>, or why not.</returns>
    public Reason AdmitPeer(Ipv4Endpoint lanEnd, Ipv4Address peer)
    {
        Reason reason = Admission.TryAdmit(lanEnd, peer);
        if (reason != Reason.None)
        {
            Reasons.Count(reason);
        }

        return reason;
    }

    /// <summary>
    /// Says that the LAN host answered such a peer's connect: that takes the offer, unless another peer was first.
    /// </summary>
    /// <param name="lanEnd">The LAN end that the mapping leads to.</param>
    /// <param name="peer">Where the connect comes from.</param>
    /// <param name="now">Nanoseconds on the caller's clock.</param>
    /// <returns><see cref="Reason.None"/>, or why the connection must end: a refusal is counted.</returns>
    public Reason ConnectPeer(Ipv4Endpoint lanEnd, Ipv4Address peer, long now)
    {
        SetClock(now);
        Reason reason = AdmitPeer(lanEnd, peer);
        if (reason == Reason.None)
        {
            Admission.Connect(lanEnd, peer, _now);
        }

        return reason;
    }

    /// <summary>Says that the LAN host did not answer such a peer's connect.</summary>
    /// <param name="connect">The LAN end that the mapping leads to, and where the connect comes from.</param>
    /// <param name="now">Nanoseconds on the caller's clock.</param>
    public void ReportUnansweredPeer(FlowKey connect, long now)
    {
        SetClock(now);
        if (IsMapped(connect.Lan))
        {
            Admission.ReportUnanswered(connect, _now);
        }
    }
}
