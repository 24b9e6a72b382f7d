using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>From which addresses each screen name was seen: its client's own, and those its offers name.</summary>
internal sealed class PeerAddresses
{
    private readonly HashSet<(string Name, Ipv4Address Address)> _known = [];

    /// <summary>Collects them.</summary>
    public PeerAddresses(IEnumerable<Conversation> conversations, IEnumerable<RendezvousStory> stories)
    {
        foreach (Conversation conversation in conversations)
        {
            if (conversation is { Kind: ConnectionKind.Oscar, Owner: { } owner })
            {
                Add(owner, conversation.Client.Address);
            }
        }

        foreach (RendezvousMessage message in stories.SelectMany(story => story.Messages))
        {
            if (message.UsesProxy || RendezvousStory.Sender(message) is not { } sender)
            {
                continue;
            }

            foreach (Ipv4Address address in message.Addresses.Concat(message.LeftAs?.Addresses ?? []))
            {
                Add(sender, address);
            }
        }
    }

    /// <summary>True if somebody was seen at an address.</summary>
    public bool Knows(string? name, Ipv4Address address) => name is not null && _known.Contains((NetworkText.Normalise(name), address));

    private void Add(string name, Ipv4Address address) => _known.Add((NetworkText.Normalise(name), address));
}
