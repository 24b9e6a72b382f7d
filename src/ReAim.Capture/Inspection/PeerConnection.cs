namespace ReAim.Capture.Inspection;

/// <summary>A connect that a rendezvous led to, reached or not.</summary>
/// <param name="Conversation">The connection.</param>
/// <param name="Offer">The offer that led to it.</param>
/// <param name="Match">By what they were found to belong together.</param>
internal sealed record PeerConnection(Conversation Conversation, RendezvousMessage Offer, PeerMatch Match)
{
    /// <summary>The screen name of who listened; null if the proxy did, or if the capture does not say.</summary>
    public string? Listener => Offer.UsesProxy ? null : RendezvousStory.Sender(Offer);

    /// <summary>The screen name of who connected; null if the capture does not say.</summary>
    public string? Connector => Offer.UsesProxy ? Conversation.Owner : RendezvousStory.Other(Offer);

    /// <summary>True if the connection stood: to the other peer, not only to the proxy.</summary>
    public bool IsReached => Conversation.IsReached
        && (Conversation.EstablishedTime is not null || Conversation.MetInMidStream)
        && (!Offer.UsesProxy || Conversation.Steps.Any(step => step is { Kind: StepKind.Proxy, Code: 5 }));
}
