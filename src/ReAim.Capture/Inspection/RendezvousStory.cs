using ReAim.Alg.Oscar;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>A rendezvous from its first offer to its end: its messages and the peer connections it led to.</summary>
internal sealed class RendezvousStory(int number, RendezvousMessage first)
{
    /// <summary>OFT2's type: the receiver has all of the file.</summary>
    private const uint FileReceived = 0x0204;

    /// <summary>OFT2's types by which a file begins.</summary>
    private const uint FileFollows = 0x0101, ResumeGranted = 0x0106;

    private List<RendezvousMessage> _messages = [];
    private List<PeerConnection> _connections = [];
    private readonly HashSet<Conversation> _seenOn = [];
    private bool _isAccepted;

    /// <summary>Counts from 1, in order of appearance.</summary>
    public int Number { get; } = number;

    /// <summary>The cookie.</summary>
    public ulong Cookie { get; } = first.Cookie;

    /// <summary>The screen name of who offered first; null if the capture does not say.</summary>
    public string? Offerer { get; } = IsFromOfferer(first) ? Sender(first) : Other(first);

    /// <summary>The screen name of who was asked; null if the capture does not say.</summary>
    public string? Asked { get; } = IsFromOfferer(first) ? Other(first) : Sender(first);

    /// <summary>Its messages, in time.</summary>
    public IReadOnlyList<RendezvousMessage> Messages => _messages;

    /// <summary>The connects that followed, in time.</summary>
    public IReadOnlyList<PeerConnection> Connections => _connections;

    /// <summary>What it is for: the message that says it.</summary>
    public RendezvousMessage Subject => _messages.Find(message => message.FileName is not null) ?? _messages.Find(message => message.Kind != RendezvousKind.Decline) ?? _messages[0];

    /// <summary>What ended it, if anything did.</summary>
    public RendezvousMessage? End { get; private set; }

    /// <summary>True once it was accepted, cancelled or declined.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>What the server said when it refused a message of it.</summary>
    public string? ServerError { get; set; }

    /// <summary>The connect that carried what was offered, if any did: clients try several at once, and strangers try too.</summary>
    public PeerConnection? Session => _connections.Where(connection => connection.IsSession).MaxBy(connection => connection.Weight);

    /// <summary>True if the receiver of a file said that he has it, and no other file followed.</summary>
    public bool IsFileReceived => Session?.Conversation.Steps.LastOrDefault(
        step => step is { Kind: StepKind.Peer, Code: FileReceived or FileFollows or ResumeGranted }) is { Code: FileReceived };

    /// <summary>True if it was cancelled or declined once its session had begun.</summary>
    public bool IsSessionCancelled => End is { } end && Session is { } session && end.Time >= session.Conversation.FirstTime;

    /// <summary>True if what ended it was said by who offered.</summary>
    public bool IsEndedByOfferer => End is { } end && IsByOfferer(end);

    /// <summary>How it went.</summary>
    public Outcome Outcome
    {
        get
        {
            PeerConnection? session = Session;
            if (session is not null && !IsCutShort(session))
            {
                return session.Offer.Kind switch
                {
                    RendezvousKind.ProxyOffer => Outcome.Proxy,
                    RendezvousKind.CounterOffer => Outcome.CounterOffer,
                    _ => Outcome.Direct,
                };
            }

            return session is not null ? Outcome.Cancelled
                : ServerError is not null ? Outcome.ServerError
                : End?.Kind == RendezvousKind.Decline ? Outcome.Declined
                : End?.Kind == RendezvousKind.Cancel ? (IsByOfferer(End) || _isAccepted ? Outcome.Cancelled : Outcome.Declined)
                : _connections.Exists(connection => connection.IsReached) ? Outcome.NoSession
                : _connections.Count > 0 ? Outcome.NotReached
                : Outcome.Unknown;
        }
    }

    /// <summary>True for a moment after which nobody has a reason to connect.</summary>
    public bool IsOver(long time) => End is { } end && time > end.Time;

    /// <summary>Who wrote a message; null if the capture does not say.</summary>
    public static string? Sender(RendezvousMessage message) => message.FromClient ? message.Conversation.Owner : message.Peer;

    /// <summary>To whom a message was written.</summary>
    public static string? Other(RendezvousMessage message) => message.FromClient ? message.Peer : message.Conversation.Owner;

    /// <summary>True if an OSCAR connection had a message of it.</summary>
    public bool IsSeenOn(Conversation conversation) => _seenOn.Contains(conversation);

    /// <summary>Adds a message.</summary>
    public void Add(RendezvousMessage message)
    {
        _seenOn.Add(message.Conversation);
        _messages.Add(message);
        _isAccepted |= message.Kind == RendezvousKind.Accept;
        IsSettled |= message.Kind is RendezvousKind.Accept or RendezvousKind.Cancel or RendezvousKind.Decline;
        if (message.Kind is RendezvousKind.Cancel or RendezvousKind.Decline)
        {
            End ??= message;
        }
    }

    /// <summary>Adds a connect that it led to.</summary>
    public void Add(PeerConnection connection) => _connections.Add(connection);

    /// <summary>Puts messages and connects in order of time.</summary>
    public void Sort()
    {
        _messages = [.. _messages.OrderBy(message => message.Time)];
        _connections = [.. _connections.OrderBy(connection => connection.Conversation.FirstTime)];
    }

    /// <summary>Where peers were told to connect by a message: what it names, what the gateway made of that, and where its sender was seen.</summary>
    public static IEnumerable<Ipv4Endpoint> Endpoints(RendezvousMessage offer) =>
        offer.LeftAs is { } left ? OwnEndpoints(offer).Concat(OwnEndpoints(left)) : OwnEndpoints(offer);

    /// <summary>The same without what the gateway made of it.</summary>
    public static IEnumerable<Ipv4Endpoint> OwnEndpoints(RendezvousMessage offer)
    {
        ushort port = offer.UsesProxy ? ProxyPort : offer.Port ?? 0;
        if (port == 0)
        {
            yield break;
        }

        foreach (Ipv4Address address in offer.UsesProxy ? offer.Addresses.Take(1) : offer.Addresses)
        {
            yield return new Ipv4Endpoint(address, port);
        }

        if (!offer.UsesProxy && offer.FromClient)
        {
            yield return new Ipv4Endpoint(offer.Conversation.Client.Address, port);
        }
    }

    /// <summary>The proxy's port, whatever TLV 0005 says: that is a PIN (PROTOCOL 3.5).</summary>
    public const ushort ProxyPort = 5190;

    /// <summary>Requests are numbered in turn, so the odd ones are the first side's (PROTOCOL 2.4); only the other side accepts or declines.</summary>
    private static bool IsFromOfferer(RendezvousMessage message) =>
        message.IsOffer ? (message.RequestNumber ?? 1) % 2 == 1 : message.Kind is not (RendezvousKind.Accept or RendezvousKind.Decline);

    /// <summary>On the same connection the direction tells who wrote, even if the client's name is not known.</summary>
    private bool IsByOfferer(RendezvousMessage message) => message.Conversation == first.Conversation
        ? (message.FromClient == first.FromClient) == IsFromOfferer(first)
        : Same(Sender(message), Offerer);

    /// <summary>A cancel ends a conversation too; a file, or what has carried nothing yet, it cuts short.</summary>
    private bool IsCutShort(PeerConnection session) => End is not null && !IsFileReceived
        && (session.Conversation.PeerPayload == 0
            ? IsSessionCancelled || !session.IsAnswered
            : IsSessionCancelled && Subject.Capability is Capability.SendFile or Capability.GetFile);

    private static bool Same(string? one, string? other) => one is not null && other is not null && NetworkText.Normalise(one) == NetworkText.Normalise(other);
}
