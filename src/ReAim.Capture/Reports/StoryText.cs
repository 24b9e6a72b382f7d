using System.Globalization;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Reports;

/// <summary>Tells a rendezvous as a story: who offered what to whom, what was tried, how it ended.</summary>
internal sealed class StoryText(LadderLayout layout, TextWriter output, Ansi ansi)
{
    private const uint FileReceived = 0x0204;
    private static readonly string Indent = new(' ', 15);

    /// <summary>Writes a story.</summary>
    public void Write(RendezvousStory story)
    {
        RendezvousMessage subject = story.Subject;
        string file = RendezvousText.File(subject);
        string who = $"{Name(story.Offerer)} to {Name(story.Asked)}";
        output.WriteLine(ansi.Head(string.Create(CultureInfo.InvariantCulture, $"Rendezvous {story.Number}: {RendezvousText.Capability(subject)} from {who}")));
        output.WriteLine(ansi.Faint(string.Create(CultureInfo.InvariantCulture, $"{Indent}cookie {story.Cookie:x16}{(file.Length > 0 ? " · " : "")}{file}")));

        IEnumerable<(long Time, string Line)> messages = story.Messages.Select(message => (message.Time, Line(message)));
        IEnumerable<(long Time, string Line)> connects = story.Connections.Select(peer => (peer.Conversation.FirstTime, Line(peer)));
        foreach ((long time, string line) in messages.Concat(connects).OrderBy(entry => entry.Time))
        {
            output.WriteLine($"  {layout.Time(time)}  {line}");
        }

        foreach (string line in IgnoredOffers(story).Select(Ignored).Distinct())
        {
            output.WriteLine(Indent + ansi.Warning(line));
        }

        output.WriteLine($"  {"outcome",11}  {Outcome(story)}");
    }

    /// <summary>Only the client of an OSCAR connection can be without a name: the other side's is in every message.</summary>
    private static string Name(string? name, string otherwise = "this client") => name is null ? otherwise : Printable.Of(name);

    private string Line(RendezvousMessage message)
    {
        string sender = Name(RendezvousStory.Sender(message));
        string where = string.Join(", ", RendezvousStory.Endpoints(message).Take(message.Addresses.Count()).Distinct());
        string at = !message.IsOffer ? ""
            : where.Length == 0 ? " without an address to connect to"
            : message.UsesProxy ? string.Create(CultureInfo.InvariantCulture, $" by the proxy {where}, PIN {message.Port}")
            : $" at {where}";
        string line = $"[{message.Conversation.Number}] {sender}: {RendezvousText.Title(message)}{at}";
        return message.IsOffer ? ansi.Offer(line) : line;
    }

    /// <summary>Offers that nothing ended, and on which nobody was seen to connect.</summary>
    private static IEnumerable<RendezvousMessage> IgnoredOffers(RendezvousStory story)
    {
        if (story.Outcome is Inspection.Outcome.Cancelled or Inspection.Outcome.Declined or Inspection.Outcome.ServerError)
        {
            return [];
        }

        HashSet<(RendezvousKind, string?)> answered = [.. story.Connections.Select(peer => Key(peer.Offer))];
        return story.Messages.Where(message => message is { IsOffer: true, UsesProxy: false } && message.Addresses.Any() && !answered.Contains(Key(message)));

        // The same offer may be seen on both clients' connections.
        static (RendezvousKind, string?) Key(RendezvousMessage offer) =>
            (offer.Kind, RendezvousStory.Sender(offer) is { } sender ? NetworkText.Normalise(sender) : null);
    }

    private static string Ignored(RendezvousMessage message)
    {
        string who = Name(RendezvousStory.Sender(message));
        string why = message.Addresses.All(address => address.IsPrivate()) ? $": the offer names only {message.Addresses.First()}, which is private" : "";
        return $"no connect to {who} was seen here{why}";
    }

    private string Line(PeerConnection peer)
    {
        Conversation conversation = peer.Conversation;
        string match = peer.Match == PeerMatch.Port ? ", found by the port alone" : "";
        string listener = peer.Offer.UsesProxy ? $"proxy {conversation.Server}" : LadderLayout.End(peer.Listener, conversation.Server);
        string fate = LadderLayout.Fate(
            conversation,
            LadderLayout.Kind(conversation.Kind),
            Name(peer.Connector, "the client"),
            peer.Offer.UsesProxy ? "the proxy" : Name(peer.Listener, "the server"));
        string number = $"[{conversation.Number}]";
        string line = $"{number} {LadderLayout.End(peer.Connector, conversation.Client)} → {listener}";
        string below = $"\n{Indent}{new string(' ', number.Length + 1)}{fate}{match}";
        return line + (peer.IsReached ? ansi.Good(below) : ansi.Bad(below));
    }

    /// <summary>Of a file: the receiver says so when it has all of it (OFT2 0204).</summary>
    private static string Received(RendezvousStory story)
    {
        Step[] steps = [.. story.Connections.SelectMany(peer => peer.Conversation.Steps).Where(step => step.Kind == StepKind.Peer && step.Detail.StartsWith("OFT2", StringComparison.Ordinal))];
        return steps.Length == 0 ? ""
            : steps.Any(step => step.Code == FileReceived) ? "; the file was received"
            : "; no receipt of the file was seen";
    }

    private string Outcome(RendezvousStory story)
    {
        string asked = Name(story.Asked);
        string offerer = Name(story.Offerer);
        string who = $"{Name(story.Reached?.Connector)} reached {Name(story.Reached?.Listener)}";
        string after = (story.Connections.Any(peer => !peer.IsReached) ? ", after connects that failed" : "") + Received(story);
        return story.Outcome switch
        {
            Inspection.Outcome.Direct => ansi.Good($"connected as offered: {who}{after}"),
            Inspection.Outcome.CounterOffer => ansi.Good($"connected by the counter-offer: {who}{after}"),
            Inspection.Outcome.Proxy => ansi.Good($"connected through the proxy{after}"),
            Inspection.Outcome.Cancelled => $"cancelled by {offerer}",
            Inspection.Outcome.Declined => $"declined by {asked}",
            Inspection.Outcome.ServerError => ansi.Bad($"refused by the server: {Printable.Of(story.ServerError ?? "")}"),
            Inspection.Outcome.NotReached => ansi.Bad("no connect was reached"),
            _ => "not seen in this capture",
        };
    }
}
