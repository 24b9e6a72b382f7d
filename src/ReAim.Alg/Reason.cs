namespace ReAim.Alg;

/// <summary>
/// Why a decision fell. The member's kebab-case form (<see cref="ReasonNames.Name"/>) is the word in logs, metrics,
/// reports and documents. Every decision counts exactly one.
/// </summary>
public enum Reason : byte
{
    /// <summary>No reason yet.</summary>
    None,

    // Packets that pass without reaching stream state.

    /// <summary>Not an IPv4 packet.</summary>
    NotIpv4,

    /// <summary>Fewer bytes than the header needs, or captured shorter than it was.</summary>
    Truncated,

    /// <summary>IPv4 header length below 20 or beyond the packet.</summary>
    BadIpHeaderLength,

    /// <summary>IPv4 total length below the header's, or beyond the packet.</summary>
    BadIpTotalLength,

    /// <summary>An IPv4 option without its length or beyond the header.</summary>
    BadIpOptions,

    /// <summary>The IPv4 header checksum does not fit.</summary>
    WrongIpChecksum,

    /// <summary>A fragment: its TCP segment is not whole.</summary>
    Fragment,

    /// <summary>Not TCP.</summary>
    NotTcp,

    /// <summary>TCP data offset below 20 or beyond the segment.</summary>
    BadTcpHeaderLength,

    /// <summary>A TCP option without its length or beyond the header.</summary>
    BadTcpOptions,

    /// <summary>The TCP checksum does not fit.</summary>
    WrongTcpChecksum,

    /// <summary>Neither from the LAN to elsewhere nor from elsewhere to the LAN.</summary>
    NotCrossing,

    // Flows.

    /// <summary>A segment of a connection that is not followed: its SYN was not seen leaving the LAN.</summary>
    MidStream,

    /// <summary>A connect from outside.</summary>
    FromOutside,

    /// <summary>The flow table is full: the flow silent longest of those not recognised is forgotten, or the new one not followed.</summary>
    FlowTableFull,

    /// <summary>The connection did not begin as any protocol we help.</summary>
    NotRecognised,

    /// <summary>Both directions began with a FLAP hello: an OSCAR flow.</summary>
    Recognised,

    /// <summary>A flow that was verified before this engine saw it showed exact framing again: it is helped again.</summary>
    Resumed,

    /// <summary>A flow that was verified before this engine saw it showed other bytes than frames: it is left alone for good.</summary>
    NotResumed,

    /// <summary>A FLAP did not begin where one must: the flow is left alone for good.</summary>
    FramingLost,

    /// <summary>Bytes passed that were never seen here, so framing is unknown from here on.</summary>
    BytesMissed,

    /// <summary>A segment too far from the expected sequence number to belong here.</summary>
    OutOfWindow,

    /// <summary>The connection ended.</summary>
    Closed,

    /// <summary>No segment for the idle time.</summary>
    Idle,

    /// <summary>A connection whose lengths an earlier engine changed: nobody can translate it any more, so it is reset.</summary>
    TranslationLost,

    // Holds.

    /// <summary>A held packet went on after its message was whole.</summary>
    Released,

    /// <summary>A held packet waited for the longest time allowed and left unchanged.</summary>
    HoldExpired,

    /// <summary>A packet that should wait found every place taken and left unchanged.</summary>
    HoldLimit,

    /// <summary>A message that should be collected found no room.</summary>
    AssemblyLimit,

    /// <summary>The capture or the engine ended while the packet waited.</summary>
    Flushed,

    // Messages.

    /// <summary>The message is not as the protocol writes it: not one byte of it is touched.</summary>
    Malformed,

    /// <summary>The rendezvous is for a capability that is not helped.</summary>
    OtherCapability,

    /// <summary>The offer goes through the rendezvous proxy.</summary>
    Proxied,

    /// <summary>The offer says that its sender cannot listen: address or port is zero.</summary>
    NotListening,

    /// <summary>The offer names no address.</summary>
    AddressMissing,

    /// <summary>The offer names an address that is not its sender's.</summary>
    AddressForeign,

    /// <summary>The offer names an address of IPv6, which nobody translates here.</summary>
    OtherAddressFamily,

    /// <summary>The offer names no port.</summary>
    PortMissing,

    /// <summary>The offer names two different ports.</summary>
    PortAmbiguous,

    /// <summary>The offer names a port below 1024.</summary>
    PortPrivileged,

    /// <summary>The port that the offer names is opened for nobody.</summary>
    PortDenied,

    /// <summary>The offer's sender, or that port of it, is not among those that are opened.</summary>
    HostNotAllowed,

    /// <summary>The flow is not recognised in both directions yet.</summary>
    NotVerified,

    /// <summary>The flow's source is its public address: there is nothing to translate.</summary>
    NotTranslated,

    /// <summary>Nobody knows what the flow's source becomes beyond the gateway.</summary>
    PublicAddressUnknown,

    /// <summary>Too many unacknowledged edits on one flow.</summary>
    EditLimit,

    /// <summary>With the public address the message would be longer than its protocol allows.</summary>
    MessageTooLong,

    /// <summary>The public address has another length, and the message's bytes are numbered for more than their connection.</summary>
    LengthFixed,

    /// <summary>The public address has another length, and nobody would stop packets that passed by unchanged.</summary>
    NotGuarded,

    /// <summary>The offer now carries the public address.</summary>
    OfferRewritten,

    /// <summary>The offer already carried the public address; it got its mapping.</summary>
    OfferMapped,

    /// <summary>The offer had left unchanged; it got a mapping of the same port.</summary>
    OfferLate,

    /// <summary>An offer from a peer behind this gateway carries the inside address again.</summary>
    OfferTranslatedBack,

    /// <summary>An offer from a peer behind this gateway names the public end only, and cannot be changed: the connect will be turned back.</summary>
    OfferHairpinned,

    /// <summary>An offer from outside: nothing to do.</summary>
    OfferFromOutside,

    /// <summary>A message about a rendezvous that has no mapping here.</summary>
    NoSuchOffer,

    /// <summary>A rendezvous was accepted.</summary>
    Accepted,

    /// <summary>A login reply or redirect named the next server.</summary>
    ServerLearnt,

    /// <summary>The next server's name was not looked up: it is no host's name, or too many are being looked up.</summary>
    ServerNotResolved,

    /// <summary>The next server is not watched: its LAN host was told of many in the last minutes.</summary>
    ServerLimit,

    // Mappings.

    /// <summary>The offer waits for its peer.</summary>
    Pending,

    /// <summary>The wanted public port is taken and no other would do.</summary>
    PortTaken,

    /// <summary>The public port belongs to somebody else now: a program here, or a rule of the administrator's.</summary>
    PortReclaimed,

    /// <summary>No port is left in the pool.</summary>
    PoolExhausted,

    /// <summary>The LAN host has as many pending mappings as it may.</summary>
    HostLimit,

    /// <summary>There are as many pending mappings as there may be.</summary>
    MappingLimit,

    /// <summary>The translator could not install the mapping.</summary>
    MappingRefused,

    /// <summary>The same rendezvous offered another port.</summary>
    Replaced,

    /// <summary>The sender or the peer cancelled.</summary>
    Cancelled,

    /// <summary>The peer or the server declined.</summary>
    Declined,

    /// <summary>The server answered the offer with an error.</summary>
    ServerError,

    /// <summary>The peer listens instead.</summary>
    Redirected,

    /// <summary>The peer connected.</summary>
    Connected,

    /// <summary>The client signed off.</summary>
    SignedOff,

    /// <summary>The pending lifetime ran out.</summary>
    Expired,

    /// <summary>A connect to a mapping found no room to be watched.</summary>
    PeerLimit,

    /// <summary>A peer's connect is repeated, though the LAN host never answered it: most likely a firewall dropped it.</summary>
    BlockedByFirewall,

    // Translation.

    /// <summary>A connection got its translation.</summary>
    SessionOpened,

    /// <summary>A connect to a public port that leads nowhere.</summary>
    NoMapping,

    /// <summary>A LAN host connects to a public end that turns nobody back, because the offer's peer was told the inside end.</summary>
    NotTurnedBack,

    /// <summary>A connect to a mapping that another peer's connection has taken.</summary>
    MappingTaken,

    /// <summary>A segment or an ICMP error for the public address that belongs to no translated connection.</summary>
    NoSession,

    /// <summary>A connection whose ends another translated connection has.</summary>
    SessionConflict,

    /// <summary>As many connections are translated as may be.</summary>
    SessionLimit,

    /// <summary>As many translated connections are half-open as may be: the oldest is forgotten.</summary>
    HalfOpenLimit,
}
