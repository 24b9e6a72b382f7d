using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>Puts rendezvous messages together by cookie and names, and finds the peer connections they led to.</summary>
internal sealed class RendezvousBook(Limits limits)
{
    /// <summary>A person may think about an offer, but not for longer than this.</summary>
    private const long LongestThought = 30L * 60 * 1_000_000_000;

    /// <summary>A server passes a message on within this time.</summary>
    private const long LongestRelay = 10L * 1_000_000_000;

    /// <summary>Two places of one capture may disagree by this much.</summary>
    private const long Slack = 50_000_000;

    private readonly Dictionary<ulong, List<RendezvousStory>> _byCookie = [];
    private readonly Dictionary<(Conversation Conversation, uint RequestId), RendezvousStory> _byRequest = [];
    private readonly List<RendezvousStory> _stories = [];

    /// <summary>All rendezvous, in order of appearance.</summary>
    public IReadOnlyList<RendezvousStory> Stories => _stories;

    /// <summary>Takes a message.</summary>
    public void Take(RendezvousMessage message)
    {
        RendezvousStory? story = Find(message);
        if (story is null)
        {
            if (_stories.Count == limits.MaxRendezvous)
            {
                limits.Note($"rendezvous-limit: only the first {limits.MaxRendezvous} rendezvous are told apart.");
                return;
            }

            story = new RendezvousStory(_stories.Count + 1, message);
            _stories.Add(story);
            if (!_byCookie.TryGetValue(message.Cookie, out List<RendezvousStory>? same))
            {
                _byCookie[message.Cookie] = same = [];
            }

            same.Add(story);
        }

        story.Add(message);
        if (message.FromClient && _byRequest.Count < limits.MaxRendezvous)
        {
            _byRequest[(message.Conversation, message.RequestId)] = story;
        }
    }

    /// <summary>The server refused a message.</summary>
    public void TakeError(Conversation conversation, uint requestId, string what)
    {
        if (_byRequest.TryGetValue((conversation, requestId), out RendezvousStory? story))
        {
            story.ServerError ??= what;
        }
    }

    /// <summary>Finds the connections that the offers led to, at the end of the capture.</summary>
    public void Match(IReadOnlyList<Conversation> conversations)
    {
        ILookup<ushort, (RendezvousStory Story, RendezvousMessage Offer)> byPort = _stories
            .SelectMany(story => story.Messages.Where(message => message.IsOffer).Select(offer => (story, offer)))
            .ToLookup(entry => entry.offer.UsesProxy ? RendezvousStory.ProxyPort : entry.offer.Port ?? 0);
        foreach (Conversation conversation in conversations)
        {
            if (conversation.Kind == ConnectionKind.Oscar)
            {
                continue;
            }

            if (ByCookie(conversation) is { } named)
            {
                named.Story.Add(new PeerConnection(conversation, named.Offer, PeerMatch.Cookie));
                continue;
            }

            (RendezvousStory Story, RendezvousMessage Offer, PeerMatch Match)? best = null;
            foreach ((RendezvousStory story, RendezvousMessage offer) in byPort[conversation.Server.Port])
            {
                if (TryMatch(conversation, offer, out PeerMatch match)
                    && (best is not { } other || (match, offer.Time).CompareTo((other.Match, other.Offer.Time)) > 0))
                {
                    best = (story, offer, match);
                }
            }

            if (best is { } found)
            {
                found.Story.Add(new PeerConnection(conversation, found.Offer, found.Match));
            }
        }

        _stories.ForEach(story => story.Sort());
    }

    private static bool TryMatch(Conversation conversation, RendezvousMessage offer, out PeerMatch match)
    {
        match = PeerMatch.Port;
        long after = conversation.FirstTime - offer.Time;
        if (after is < -Slack or > LongestThought)
        {
            return false;
        }

        foreach (Ipv4Endpoint endpoint in RendezvousStory.Endpoints(offer))
        {
            if (endpoint == conversation.Server)
            {
                match = PeerMatch.Endpoint;
                return true;
            }
        }

        // Only the port fits: what flows must then be a peer connection.
        return !offer.UsesProxy && conversation.Kind is ConnectionKind.Oft or ConnectionKind.Odc;
    }

    /// <summary>A proxy's or a peer's stream names the cookie. The offer is the last one before that could have led to it.</summary>
    private (RendezvousStory Story, RendezvousMessage Offer)? ByCookie(Conversation conversation)
    {
        if (conversation.PeerCookie is not { } cookie || !_byCookie.TryGetValue(cookie, out List<RendezvousStory>? stories))
        {
            return null;
        }

        bool proxy = conversation.Kind == ConnectionKind.Proxy;
        (RendezvousStory Story, RendezvousMessage Offer)? best = null;
        foreach (RendezvousStory story in stories)
        {
            foreach (RendezvousMessage offer in story.Messages)
            {
                // Who asks the proxy connects to it before he can offer to meet there.
                bool fits = offer.IsOffer && offer.UsesProxy == proxy
                    && (proxy || offer.Port == conversation.Server.Port)
                    && conversation.FirstTime >= story.Messages[0].Time - Slack
                    && (proxy || conversation.FirstTime >= offer.Time - Slack);
                if (fits && (best is not { } other || offer.Time > other.Offer.Time))
                {
                    best = (story, offer);
                }
            }
        }

        return best;
    }

    /// <summary>
    /// The rendezvous of a message. Clients may use the same cookie (their generators are not seeded), so the names count too;
    /// and one client may use a cookie again, after its next sign-on.
    /// </summary>
    private RendezvousStory? Find(RendezvousMessage message)
    {
        if (!_byCookie.TryGetValue(message.Cookie, out List<RendezvousStory>? stories))
        {
            return null;
        }

        for (int i = stories.Count - 1; i >= 0; i--)
        {
            RendezvousStory story = stories[i];
            if (IsBetweenTheSame(story.Messages[0], message))
            {
                return BeginsAnew(story, message) ? null : story;
            }
        }

        return null;
    }

    /// <summary>
    /// True for a first offer after the end, or on another connection than before. The same offer on the other client's
    /// connection comes at once.
    /// </summary>
    private static bool BeginsAnew(RendezvousStory story, RendezvousMessage message) =>
        message.Kind == RendezvousKind.Offer
        && (story.IsSettled || (message.Time - story.Messages[0].Time > LongestRelay && story.Messages.All(other => other.Conversation != message.Conversation)));

    private static bool IsBetweenTheSame(RendezvousMessage one, RendezvousMessage other)
    {
        if (one.Conversation == other.Conversation)
        {
            return NetworkText.Normalise(one.Peer) == NetworkText.Normalise(other.Peer);
        }

        return Pair(one) is { } a && Pair(other) is { } b && a == b;
    }

    private static (string, string)? Pair(RendezvousMessage message)
    {
        if (message.Conversation.Owner is not { } owner)
        {
            return null;
        }

        string own = NetworkText.Normalise(owner);
        string peer = NetworkText.Normalise(message.Peer);
        return string.CompareOrdinal(own, peer) < 0 ? (own, peer) : (peer, own);
    }
}
