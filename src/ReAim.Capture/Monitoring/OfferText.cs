using System.Globalization;
using ReAim.Alg;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.Capture.Reports;

namespace ReAim.Capture.Monitoring;

/// <summary>What the engine did with offers, as sentences for the log. Names come from the network: they are made printable.</summary>
internal static class OfferText
{
    private const int LongestName = 40;

    /// <summary>What the offers of a recognised connection get: the second half of a sentence.</summary>
    /// <param name="address">The public address.</param>
    /// <param name="listens">True if no packet is touched.</param>
    /// <param name="isDryRun">True if nothing is done.</param>
    public static string Help(Ipv4Address address, bool listens, bool isDryRun) => (listens, isDryRun) switch
    {
        (true, false) => $"its offers stay as they are, and the ports that they name are opened at {address}",
        (true, true) => $"its offers stay as they are, and the ports that they name would be opened at {address}",
        (false, true) => $"its offers would say {address}",
        _ => $"its offers will say {address}",
    };

    /// <summary>An offer was given a mapping.</summary>
    /// <param name="effect">Which one.</param>
    /// <param name="isDryRun">True if it would have been.</param>
    public static string Opened(in Effect effect, bool isDryRun)
    {
        string how = isDryRun
            ? ReasonSentences.InDryRun(effect.Reason, effect.Offer!.Protocol)
            : ReasonSentences.OfOpening(effect.Reason, effect.Offer!.Protocol);
        return $"{Subject(effect.Offer!)}: {(isDryRun ? "would open" : "opened")} {effect.Mapping}, {how} ({effect.Reason.Name()}).";
    }

    /// <summary>False for what every conversation is full of: rendezvous of other kinds, and offers that have nothing to do with this gateway.</summary>
    public static bool IsWorthALine(Reason reason) => reason is not (Reason.OtherCapability or Reason.OfferFromOutside);

    /// <summary>An offer needs no mapping, or got none.</summary>
    /// <param name="effect">Which one.</param>
    /// <param name="isDryRun">True if it goes on as it came whatever is said.</param>
    public static string Passed(in Effect effect, bool isDryRun) => effect.Reason is Reason.OfferTranslatedBack
        ? $"an offer for {effect.Flow.Lan.Address} comes from a neighbour and {(isDryRun ? "would name" : "names")} the inside address again ({effect.Reason.Name()})."
        : $"an offer on {effect.Flow} stays as it is: {Why(effect)} ({effect.Reason.Name()}).";

    /// <summary>A peer's handshake is complete.</summary>
    public static string Connected(in Effect effect) =>
        $"{Subject(effect.Offer!)}: {effect.Offer!.ConnectedFrom} connected to {effect.Mapping.Public} (connected).";

    /// <summary>An offer gave its mapping back.</summary>
    /// <param name="effect">Which one.</param>
    /// <param name="isDryRun">True if there was none.</param>
    /// <param name="droppers">Whose rules may have kept the peer away, if nobody came: "input" or "forward"; null if nothing is to be said of that.</param>
    public static string Closed(in Effect effect, bool isDryRun, string? droppers)
    {
        string nobody = droppers is null ? ""
            : $"; nobody came to that port: if the peer tried, this gateway's {droppers} rules may drop such connects, and reaim check names the rule";
        return $"{Subject(effect.Offer!)}: {(isDryRun ? "would close" : "closed")} {effect.Mapping.Public}, {ReasonSentences.Of(effect.Reason)} ({effect.Reason.Name()}){nobody}.";
    }

    /// <summary>A peer's connect gets no answer, because something between here and the LAN host drops it.</summary>
    /// <param name="effect">Which one.</param>
    /// <param name="path">How it gets there.</param>
    /// <param name="decides">True if packets are decided about here, so that <c>--pinhole</c> may help.</param>
    public static string Unanswered(in Effect effect, PeerPath path, bool decides) =>
        $"WARNING: {effect.Flow.Remote.Address}'s connect to {effect.Mapping} {Blame(path, decides)} ({Reason.BlockedByFirewall.Name()}).";

    private static string Why(in Effect effect) => effect.Reason is Reason.AddressForeign && !effect.Named.IsZero
        ? $"it names {effect.Named}, which is not its sender's address, {effect.Host}"
        : ReasonSentences.Of(effect.Reason);

    private static string Blame(PeerPath path, bool decides) => path switch
    {
        PeerPath.Relay => "was taken here, but the LAN host gives no answer: most likely its own firewall, or this gateway's output rules, drop what goes there",
        PeerPath.Translation => "gets no answer: most likely the LAN host's own firewall drops it, or this gateway does not forward what is led on",
        _ => "gets no answer: most likely the firewall's forward rules drop it. Add a rule that accepts it (nft: ct status dnat accept; "
            + "iptables: -m conntrack --ctstate DNAT -j ACCEPT)" + (decides ? ", or use --pinhole" : ""),
    };

    private static string Subject(Offer offer)
    {
        if (offer.IsListener)
        {
            return $"{offer.Mapping.Lan.Address}'s ICQ listener";
        }

        string what = offer.Capability switch
        {
            0x1343 => "file",
            0x1344 => "ICQ connection",
            0x1345 => "Direct IM",
            0x1348 => "get-file request",
            0x1349 => "ICQ message",
            0xDCC1 => "DCC file",
            0xDCC2 => "DCC chat",
            0xDCC5 => "DCC request for a file",
            0x3141 => "MSN file",
            0x3142 => "MSN direct connection",
            _ => string.Create(CultureInfo.InvariantCulture, $"rendezvous {offer.Capability:x4}"),
        };
        return $"{offer.Mapping.Lan.Address}'s {what} to {Printable.Of(offer.PeerName, LongestName)}";
    }
}
