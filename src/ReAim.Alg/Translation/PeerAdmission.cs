using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation;

/// <summary>Which peers may use a mapping: one for each offer that waits on it, who may come again; a listener's anybody.</summary>
internal sealed class PeerAdmission(EngineOptions options, OfferBook offers, ReasonCounters reasons, EffectQueue effects)
{
    /// <summary>
    /// A peer's handshake with a mapping is complete: the oldest offer that waits for one is taken, unless the same peer has
    /// connected since that was made, as clients do that try two addresses at once.
    /// </summary>
    public void Connect(Ipv4Endpoint lan, Ipv4Address peer, long now)
    {
        long before = long.MinValue;
        foreach (Offer offer in offers.Pending)
        {
            if (offer.Mapping.Lan == lan && offer.ConnectedFrom == peer && !offer.IsListener)
            {
                before = Math.Max(before, offer.ConnectedAt);
            }
        }

        if (FindWaiting(lan, before) is { } taken)
        {
            (taken.ConnectedFrom, taken.ConnectedAt) = (peer, now);
            effects.Add(new Effect { Kind = EffectKind.OfferConnected, Reason = Reason.Connected, Time = now, Flow = taken.Flow, Offer = taken, Mapping = taken.Mapping });
            offers.Shorten(taken, now + options.PeerGrace, Reason.Connected);
        }
        else if (FindListener(lan) is { } listener)
        {
            (listener.ConnectedFrom, listener.ConnectedAt) = (peer, now);
            effects.Add(new Effect { Kind = EffectKind.OfferConnected, Reason = Reason.Connected, Time = now, Flow = listener.Flow, Offer = listener, Mapping = listener.Mapping });
        }
    }

    /// <summary>A peer repeats its connect to a mapping, because nobody answered it.</summary>
    public void ReportUnanswered(FlowKey key, long now)
    {
        reasons.Count(Reason.BlockedByFirewall);
        Offer? offer = FindWaiting(key.Lan, long.MinValue) ?? FindListener(key.Lan);
        effects.Add(new Effect
        {
            Kind = EffectKind.PeerUnanswered,
            Reason = Reason.BlockedByFirewall,
            Time = now,
            Flow = key,
            Offer = offer,
            Mapping = offer is null ? offers.Mappings.FindByLan(key.Lan)!.Mapping : offer.Mapping,
        });
    }

    /// <summary>Asks whether a peer's connect may use the mapping of a public end.</summary>
    /// <param name="end">The public end it connects to.</param>
    /// <param name="peer">Where it comes from.</param>
    /// <param name="mapping">The mapping.</param>
    /// <returns><see cref="Reason.None"/>, or why not.</returns>
    public Reason TryAdmit(Ipv4Endpoint end, Ipv4Address peer, out Mapping mapping)
    {
        mapping = default;
        if (offers.Mappings.FindByPublic(end) is not { Installed: true } entry)
        {
            return Reason.NoMapping;
        }

        mapping = entry.Mapping;
        return TryAdmit(mapping.Lan, peer);
    }

    /// <summary>
    /// Asks whether a peer's connect may reach a LAN end: one that still waits for its peer, or that this very peer has taken,
    /// because clients try two addresses at once; and a listener's always.
    /// </summary>
    /// <param name="lan">The LAN end that a mapping leads to.</param>
    /// <param name="peer">Where the connect comes from.</param>
    /// <returns><see cref="Reason.None"/>, or why not.</returns>
    public Reason TryAdmit(Ipv4Endpoint lan, Ipv4Address peer)
    {
        if (!offers.Mappings.IsInstalled(lan) || !peer.IsUnicast)
        {
            return Reason.NoMapping;
        }

        foreach (Offer offer in offers.Pending)
        {
            if (offer.Mapping.Lan == lan && (offer.IsListener || offer.ConnectedFrom.IsZero || offer.ConnectedFrom == peer))
            {
                return Reason.None;
            }
        }

        return Reason.MappingTaken;
    }

    /// <summary>The oldest offer that waits for its peer and was made after some time; one that was given up only if there is no other.</summary>
    private Offer? FindWaiting(Ipv4Endpoint lan, long after)
    {
        Offer? oldest = null;
        foreach (Offer offer in offers.Pending)
        {
            if (offer.Mapping.Lan == lan && !offer.IsListener && offer.ConnectedFrom.IsZero && offer.Renewed > after
                && (oldest is null || (IsGivenUp(offer), offer.Opened).CompareTo((IsGivenUp(oldest), oldest.Opened)) < 0))
            {
                oldest = offer;
            }
        }

        return oldest;
    }

    /// <summary>True if its peer has found another way meanwhile, and a connect to it is hardly meant any more.</summary>
    private static bool IsGivenUp(Offer offer) => offer.DeadlineReason is not (Reason.Expired or Reason.SignedOff);

    private Offer? FindListener(Ipv4Endpoint lan)
    {
        foreach (Offer offer in offers.Pending)
        {
            if (offer.Mapping.Lan == lan && offer.IsListener)
            {
                return offer;
            }
        }

        return null;
    }
}
