using ReAim.Alg;

namespace ReAim.Capture.Monitoring;

/// <summary>The reasons of decisions that are logged, as the second half of a sentence.</summary>
internal static class ReasonSentences
{
    /// <summary>What follows "because" or a colon of an offer's opening, which some servers complete by an address.</summary>
    /// <param name="reason">What was done with the offer.</param>
    /// <param name="protocol">What its flow speaks.</param>
    public static string OfOpening(Reason reason, ProtocolDescriptor? protocol) => (reason, protocol?.ServerAddsAddress) switch
    {
        (Reason.OfferLate, true) => "the offer had left unchanged, so that only the address the server adds leads here",
        (Reason.OfferLate, _) => "the offer had left unchanged, so that only whoever knows the public address finds its sender",
        _ => Of(reason),
    };

    /// <summary>The same where nothing is done, only said.</summary>
    /// <param name="reason">What would be done with the offer.</param>
    /// <param name="protocol">What its flow speaks.</param>
    public static string InDryRun(Reason reason, ProtocolDescriptor? protocol) => reason switch
    {
        Reason.OfferRewritten => "and the offer would say so",
        Reason.OfferHairpinned => "its peer is behind this gateway too, and its connect would be turned back",
        _ => OfOpening(reason, protocol),
    };

    /// <summary>What follows "because" or a colon; the reason's own word if there is no better text.</summary>
    public static string Of(Reason reason) => reason switch
    {
        Reason.Malformed => "the message is not as the protocol writes it",
        Reason.OtherCapability => "this kind of rendezvous is not helped",
        Reason.Proxied => "it goes through the rendezvous proxy",
        Reason.NotListening => "it says that its sender cannot listen",
        Reason.AddressMissing => "it names no address",
        Reason.OtherAddressFamily => "it names an address of IPv6, which is not translated",
        Reason.AddressForeign => "it names an address that is not its sender's",
        Reason.PortMissing => "it names no port",
        Reason.PortAmbiguous => "it names two different ports",
        Reason.PortPrivileged => "it names a port below 1024",
        Reason.PortDenied => "its port is a well-known service's, which is opened for nobody: see --deny-port",
        Reason.HostNotAllowed => "its sender, or that port of it, is not among those of --allow-host",
        Reason.NotVerified => "the connection is not recognised in both directions yet",
        Reason.NotTranslated => "its sender's address is not translated, so it is right as it is",
        Reason.PublicAddressUnknown => "nobody knows what its sender's address becomes beyond this gateway",
        Reason.EditLimit => "too many changed bytes of its connection are not acknowledged yet",
        Reason.MessageTooLong => "with the public address it would be longer than its protocol allows, so that only whoever knows that address finds its sender",
        Reason.LengthFixed => "the public address has another length, which this kind of message does not admit",
        Reason.NotGuarded => "the public address has another length, and its connection cannot be guarded now, as it must be before its lengths change: see reaim check",
        Reason.OfferRewritten => "the offer now says so",
        Reason.OfferMapped => "the offer said so already",
        Reason.OfferHairpinned => "its peer is behind this gateway too, and its connect will be turned back",
        Reason.PortTaken => "its port is taken here, and no other would do",
        Reason.PortReclaimed => "a program here listens on that port now, or a rule of yours forwards it",
        Reason.PoolExhausted => "no port is left: name a larger --pool",
        Reason.HostLimit => "its sender has as many pending offers as it may",
        Reason.MappingLimit => "there are as many pending offers as there may be",
        Reason.MappingRefused => "the translator did not take the mapping",
        Reason.Replaced => "it was offered again on another port",
        Reason.Cancelled => "it was cancelled",
        Reason.Declined => "it was declined",
        Reason.ServerError => "the server answered it with an error",
        Reason.Redirected => "the peer listens instead",
        Reason.Accepted => "its neighbour accepted it and connects within the LAN",
        Reason.Connected => "its peer has connected",
        Reason.SignedOff => "its sender signed off",
        Reason.Expired => "nobody came in time",
        Reason.HoldExpired => "the rest of its message did not come in time",
        Reason.HoldLimit => "too many packets wait already",
        Reason.Closed => "its connection ended",
        Reason.Idle => "its connection was silent for too long",
        Reason.FramingLost => "a message of its connection did not begin where one must",
        Reason.NotResumed => "what its client says after ReAim's restart does not show where a message begins",
        Reason.BytesMissed => "bytes of its connection went past unseen",
        Reason.Flushed => "ReAim ends",
        _ => reason.Name(),
    };
}
