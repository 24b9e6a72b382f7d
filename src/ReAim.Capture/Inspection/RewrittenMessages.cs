using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>Finds what a gateway changed in rendezvous messages, by what it recorded before and after.</summary>
internal static class RewrittenMessages
{
    /// <summary>Notes at each message as it came what it left as, if that is another.</summary>
    /// <param name="before">The connections as their packets came.</param>
    /// <param name="after">The same as their packets went.</param>
    public static void Note(IEnumerable<Conversation> before, IEnumerable<Conversation> after)
    {
        var left = new Dictionary<Key, Queue<RendezvousMessage>>();
        foreach (RendezvousMessage message in Messages(after))
        {
            Key key = Key.Of(message);
            if (!left.TryGetValue(key, out Queue<RendezvousMessage>? same))
            {
                left.Add(key, same = new Queue<RendezvousMessage>());
            }

            same.Enqueue(message);
        }

        foreach (RendezvousMessage message in Messages(before))
        {
            if (left.TryGetValue(Key.Of(message), out Queue<RendezvousMessage>? same) && same.TryDequeue(out RendezvousMessage? departed)
                && Where(departed) != Where(message))
            {
                message.LeftAs = departed;
            }
        }
    }

    private static IEnumerable<RendezvousMessage> Messages(IEnumerable<Conversation> conversations) =>
        conversations.SelectMany(conversation => conversation.Steps).Select(step => step.Rendezvous).OfType<RendezvousMessage>();

    /// <summary>All that a gateway may change.</summary>
    private static (Ipv4Address?, Ipv4Address?, Ipv4Address?, ushort?, Ipv4Address?, ushort?, ushort?) Where(RendezvousMessage message) => (
        message.RendezvousAddress, message.ProposerAddress, message.VerifiedAddress, message.Port, message.AddressCheck, message.PortCheck,
        message.MimeTypeOrPortCheck);

    /// <summary>What it never changes; messages that have it in common left in the order in which they came.</summary>
    private readonly record struct Key(Ipv4Endpoint Client, Ipv4Endpoint Server, bool FromClient, ulong Cookie, ushort Type, ushort? RequestNumber)
    {
        public static Key Of(RendezvousMessage message) => new(
            message.Conversation.Client, message.Conversation.Server, message.FromClient, message.Cookie, message.Type, message.RequestNumber);
    }
}
