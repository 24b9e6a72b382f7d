using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>A rendezvous from its first offer to its end: its messages and the peer connections it led to.</summary>
internal sealed class RendezvousStory(int number, RendezvousMessage first)
{
    private List<RendezvousMessage> _messages = [];
    private List<PeerConnection> _connections = [];
    private readonly HashSet<Conversation> _seenOn = [];

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

    /// <summary>The first connect that was reached, if any was.</summary>
    public PeerConnection? Reached => _connections.Find(connection => connection.IsReached);

    /// <summary>How it went.</summary>
    public Outcome Outcome
    {
        get
        {
            return Reached is { } reached ? (reached.Offer.Kind switch
            {
                RendezvousKind.ProxyOffer => Outcome.Proxy,
                RendezvousKind.CounterOffer => Outcome.CounterOffer,
                _ => Outcome.Direct,
            })
                : ServerError is not null ? Outcome.ServerError
                : End?.Kind == RendezvousKind.Decline ? Outcome.Declined
                : End?.Kind == RendezvousKind.Cancel ? (IsByOfferer(End) ? Outcome.Cancelled : Outcome.Declined)
                : _connections.Count > 0 ? Outcome.NotReached
                : Outcome.Unknown;
        }
    }

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

    /// <summary>Where peers were told to connect by a message: what it names, and where its sender was seen.</summary>
    public static IEnumerable<Ipv4Endpoint> Endpoints(RendezvousMessage offer)
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

    private static bool Same(string? one, string? other) => one is not null && other is not null && NetworkText.Normalise(one) == NetworkText.Normalise(other);
}
