namespace ReAim.Capture.Inspection;

/// <summary>Puts rendezvous messages together by cookie and names, and finds the peer connections they led to.</summary>
internal sealed class RendezvousBook(Limits limits)
{
    /// <summary>A server passes a message on within this time.</summary>
    private const long LongestRelay = 10L * 1_000_000_000;

    /// <summary>A connect that was begun before a cancel was heard of comes within this time; a stranger's comes any time.</summary>
    private const long LongestWay = 30L * 1_000_000_000;

    /// <summary>So many rendezvous of one cookie, the last ones, are looked at: more are no chance.</summary>
    private const int MostOfOneCookie = 64;

    private readonly Dictionary<ulong, List<RendezvousStory>> _byCookie = [];
    private readonly Dictionary<(Conversation Conversation, uint RequestId), RendezvousStory> _byRequest = [];
    private readonly List<RendezvousStory> _stories = [];
    private int _messages;

    /// <summary>All rendezvous, in order of appearance.</summary>
    public IReadOnlyList<RendezvousStory> Stories => _stories;

    /// <summary>Takes a message.</summary>
    public void Take(RendezvousMessage message)
    {
        if (_messages == limits.MaxMessages)
        {
            limits.Note($"message-limit: only the first {limits.MaxMessages} rendezvous messages are put together.");
            return;
        }

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

        _messages++;
        story.Add(message);
        if (message.FromClient && message.IsOffer && _byRequest.Count < limits.MaxRendezvous)
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
        var offers = new OfferIndex(_stories);
        var addresses = new PeerAddresses(conversations, _stories);
        foreach (Conversation conversation in conversations.Where(conversation => conversation.Kind != ConnectionKind.Oscar))
        {
            if (offers.Find(conversation) is { } found)
            {
                // What the listener alone says it says to whoever connects.
                bool isPeer = (conversation.Kind is ConnectionKind.Oft or ConnectionKind.Odc ? conversation.HasClientSpoken : found.Match != PeerMatch.Endpoint)
                    || addresses.Knows(RendezvousStory.Other(found.Offer), conversation.Client.Address);
                if (isPeer || !found.Story.IsOver(conversation.FirstTime - LongestWay))
                {
                    found.Story.Add(new PeerConnection(conversation, found.Offer, found.Match, isPeer));
                }
            }
        }

        _stories.ForEach(story => story.Sort());
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

        for (int i = stories.Count - 1; i >= Math.Max(0, stories.Count - MostOfOneCookie); i--)
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
        && (story.IsSettled || (message.Time - story.Messages[0].Time > LongestRelay && !story.IsSeenOn(message.Conversation)));

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
