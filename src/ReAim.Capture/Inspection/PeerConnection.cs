using ReAim.Alg.Oscar;

namespace ReAim.Capture.Inspection;

/// <summary>A connect that a rendezvous led to, or that came to where one was offered.</summary>
/// <param name="Conversation">The connection.</param>
/// <param name="Offer">The offer that led to it.</param>
/// <param name="Match">By what they were found to belong together.</param>
/// <param name="IsPeer">
/// True if something shows that who connected is the one who was asked: his address, the cookie, or what flowed. Anybody may
/// connect to a port that is open.
/// </param>
internal sealed record PeerConnection(Conversation Conversation, RendezvousMessage Offer, PeerMatch Match, bool IsPeer)
{
    /// <summary>The screen name of who listened; null if the proxy did, or if the capture does not say.</summary>
    public string? Listener => Offer.UsesProxy ? null : RendezvousStory.Sender(Offer);

    /// <summary>The screen name of who connected; null if the capture does not say, or if it may be a stranger.</summary>
    public string? Connector
    {
        get
        {
            string? asked = RendezvousStory.Other(Offer);
            return Offer.UsesProxy ? Conversation.Owner
                : !IsPeer ? null
                : Conversation.PeerName is { } own && (asked is null || NetworkText.Normalise(own) != NetworkText.Normalise(asked)) ? own
                : asked;
        }
    }

    /// <summary>True if the connection stood: to the other peer, not only to the proxy.</summary>
    public bool IsReached => Conversation.IsReached
        && (Conversation.EstablishedTime is not null || Conversation.MetInMidStream)
        && (!Offer.UsesProxy || Conversation.Steps.Any(step => step is { Kind: StepKind.Proxy, Code: 5 }));

    /// <summary>True if it carried what was offered: a bare connect, or one that was closed before an answer, did not.</summary>
    public bool IsSession => IsReached && SpeaksAsOffered
        && (Conversation.PeerPayload > 0 || IsAnswered
            || (IsPeer && (HasClientSpoken || HasServerSpoken) && Conversation.Ending == Ending.Open));

    /// <summary>True if both ends said something.</summary>
    public bool IsAnswered => HasClientSpoken && HasServerSpoken;

    /// <summary>How much speaks for it among several: a file or a message first, then an answer, then that it was kept.</summary>
    public (long Payload, bool Answered, bool Kept, long Lasted) Weight => (
        Conversation.PeerPayload,
        IsAnswered,
        Conversation.Ending == Ending.Open,
        Conversation.LastTime - Conversation.FirstTime);

    /// <summary>True if what flowed, if anything, is what such a rendezvous is for.</summary>
    public bool SpeaksAsOffered => Conversation.Kind switch
    {
        ConnectionKind.Oft or ConnectionKind.Odc => true,
        ConnectionKind.Proxy => Offer.UsesProxy,
        ConnectionKind.Other => !IsKnownFormat || Conversation.LacksBeginning || Conversation.MetInMidStream,
        ConnectionKind.Tls => !IsKnownFormat,
        _ => false,
    };

    private bool IsKnownFormat => Offer.Capability is Capability.SendFile or Capability.GetFile or Capability.DirectIm;

    /// <summary>Where headers are read they count; a proxy's own words do not.</summary>
    private bool ReadsHeaders => Conversation.Kind is ConnectionKind.Oft or ConnectionKind.Odc or ConnectionKind.Proxy;

    private bool HasClientSpoken => ReadsHeaders ? Conversation.HasClientSpoken : Conversation.FromClient.Stream.AllBytes > 0;

    private bool HasServerSpoken => ReadsHeaders ? Conversation.HasServerSpoken : Conversation.FromServer.Stream.AllBytes > 0;
}
