using System.Runtime.InteropServices;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>
/// Finds the offer that led to a connect: the last one before it, by the cookie that the connection names, else by address and
/// port, else by the port alone. A large capture has as many of both as it likes, so none of them is searched one by one.
/// </summary>
internal sealed class OfferIndex
{
    /// <summary>A person may think about an offer, but not for longer than this.</summary>
    private const long LongestThought = 30L * 60 * 1_000_000_000;

    /// <summary>Two places of one capture may disagree by this much.</summary>
    private const long Slack = 50_000_000;

    /// <summary>Without a port those that meet at the proxy.</summary>
    private readonly Dictionary<(ulong Cookie, ushort? Port), List<Entry>> _byCookie = [];
    private readonly Dictionary<Ipv4Endpoint, List<Entry>> _byEndpoint = [];
    private readonly Dictionary<ushort, List<Entry>> _byPort = [];

    /// <summary>Makes one of all offers of a capture.</summary>
    public OfferIndex(IEnumerable<RendezvousStory> stories)
    {
        foreach (RendezvousStory story in stories)
        {
            foreach (RendezvousMessage offer in story.Messages.Where(message => message.IsOffer))
            {
                Add(story, offer);
            }
        }

        Sort(_byCookie.Values);
        Sort(_byEndpoint.Values);
        Sort(_byPort.Values);
    }

    /// <summary>The offer that led to a connect, and its story; null if none did.</summary>
    public (RendezvousStory Story, RendezvousMessage Offer, PeerMatch Match)? Find(Conversation conversation)
    {
        long latest = conversation.FirstTime + Slack;
        long earliest = conversation.FirstTime - LongestThought;
        ushort? askedPort = conversation.Kind == ConnectionKind.Proxy ? null : conversation.Server.Port;
        if (conversation.PeerCookie is { } cookie
            && _byCookie.TryGetValue((cookie, askedPort), out List<Entry>? named)
            && Last(named, latest) is { } byCookie)
        {
            return (byCookie.Story, byCookie.Offer, PeerMatch.Cookie);
        }

        if (_byEndpoint.TryGetValue(conversation.Server, out List<Entry>? there) && Last(there, latest) is { } byEndpoint && byEndpoint.From >= earliest)
        {
            return (byEndpoint.Story, byEndpoint.Offer, PeerMatch.Endpoint);
        }

        // Only the port fits: what flows must then be a peer connection, and not another rendezvous's.
        return conversation.Kind is ConnectionKind.Oft or ConnectionKind.Odc
            && _byPort.TryGetValue(conversation.Server.Port, out List<Entry>? same) && Last(same, latest) is { } byPort && byPort.From >= earliest
            && (conversation.PeerCookie is not { } own || own == byPort.Story.Cookie)
            ? (byPort.Story, byPort.Offer, PeerMatch.Port)
            : null;
    }

    private static void Sort(IEnumerable<List<Entry>> lists)
    {
        foreach (List<Entry> list in lists)
        {
            list.Sort((one, other) => (one.From, one.Offer.Time).CompareTo((other.From, other.Offer.Time)));
        }
    }

    private static Entry? Last(List<Entry> entries, long latest)
    {
        int low = 0;
        int high = entries.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = entries[middle].From <= latest ? (middle + 1, high) : (low, middle);
        }

        return low > 0 ? entries[low - 1] : null;
    }

    private static void Add<TKey>(Dictionary<TKey, List<Entry>> index, TKey key, Entry entry)
        where TKey : notnull
    {
        ref List<Entry>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(index, key, out _);
        (list ??= []).Add(entry);
    }

    private void Add(RendezvousStory story, RendezvousMessage offer)
    {
        var entry = new Entry(offer.Time, story, offer);
        if (offer.UsesProxy)
        {
            // Who asks the proxy connects to it before he can offer to meet there.
            Add(_byCookie, (story.Cookie, null), entry with { From = story.Messages[0].Time });
        }
        else if (offer.Port is { } port)
        {
            Add(_byCookie, (story.Cookie, port), entry);
            Add(_byPort, port, entry);
            if (offer.LeftAs?.Port is { } left && left != port)
            {
                Add(_byCookie, (story.Cookie, left), entry);
                Add(_byPort, left, entry);
            }
        }

        foreach (Ipv4Endpoint endpoint in RendezvousStory.Endpoints(offer).Distinct())
        {
            Add(_byEndpoint, endpoint, entry);
        }
    }

    /// <summary>An offer.</summary>
    /// <param name="From">From when on somebody may connect because of it.</param>
    /// <param name="Story">Its story.</param>
    /// <param name="Offer">The offer.</param>
    private sealed record Entry(long From, RendezvousStory Story, RendezvousMessage Offer);
}
