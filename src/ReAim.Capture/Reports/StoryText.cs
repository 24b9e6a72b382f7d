using System.Globalization;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Reports;

/// <summary>Tells a rendezvous as a story: who offered what to whom, what was tried, how it ended.</summary>
internal sealed class StoryText(LadderLayout layout, TextWriter output, Ansi ansi)
{
    /// <summary>Writes a story.</summary>
    public void Write(RendezvousStory story)
    {
        RendezvousMessage subject = story.Subject;
        string file = RendezvousText.File(subject);
        string who = $"{Name(story.Offerer, "somebody")} to {Name(story.Asked, "this client")}";
        output.WriteLine(ansi.Head(string.Create(CultureInfo.InvariantCulture, $"Rendezvous {story.Number}: {RendezvousText.Capability(subject)} from {who}{(file.Length > 0 ? ", " : "")}{file}, cookie {story.Cookie:x16}")));

        IEnumerable<(long Time, string Line)> messages = story.Messages.Select(message => (message.Time, Line(message)));
        IEnumerable<(long Time, string Line)> connects = story.Connections.Select(peer => (peer.Conversation.FirstTime, Line(peer)));
        foreach ((long time, string line) in messages.Concat(connects).OrderBy(entry => entry.Time))
        {
            output.WriteLine($"  {layout.Time(time)}  {line}");
        }

        foreach (string line in story.Messages.Where(message => IsIgnored(story, message)).Select(Ignored).Distinct())
        {
            output.WriteLine($"  {"",11}  {ansi.Warning(line)}");
        }

        output.WriteLine($"  {"outcome",11}  {Outcome(story)}");
    }

    private static string Name(string? name, string otherwise) => name is null ? otherwise : Printable.Of(name);

    private string Line(RendezvousMessage message)
    {
        string sender = Name(RendezvousStory.Sender(message), "this client");
        string where = string.Join(", ", RendezvousStory.Endpoints(message).Take(message.Addresses.Count()).Distinct());
        string at = !message.IsOffer ? ""
            : where.Length == 0 ? " without an address to connect to"
            : message.UsesProxy ? string.Create(CultureInfo.InvariantCulture, $" by the proxy {where}, PIN {message.Port}")
            : $" at {where}";
        string line = $"[{message.Conversation.Number}] {sender}: {RendezvousText.Title(message)}{at}";
        return message.IsOffer ? ansi.Offer(line) : line;
    }

    /// <summary>True if an offer stood long enough, and nobody was seen to connect.</summary>
    private static bool IsIgnored(RendezvousStory story, RendezvousMessage message) =>
        message is { IsOffer: true, UsesProxy: false }
        && story.Outcome is not (Inspection.Outcome.Cancelled or Inspection.Outcome.Declined or Inspection.Outcome.ServerError)
        && message.Addresses.Any()
        && !story.Connections.Any(peer => peer.Offer.Kind == message.Kind && peer.Offer.FromClient == message.FromClient);

    private static string Ignored(RendezvousMessage message)
    {
        string who = Name(RendezvousStory.Sender(message), "this client");
        string why = message.Addresses.All(address => address.IsPrivate()) ? ", and what the offer names are private addresses: only its own LAN can reach those" : "";
        return $"no connect to {who} was seen here{why}";
    }

    private string Line(PeerConnection peer)
    {
        Conversation conversation = peer.Conversation;
        string match = peer.Match == PeerMatch.Port ? ", found by the port alone" : "";
        string listener = peer.Offer.UsesProxy ? $"proxy {conversation.Server}" : LadderLayout.End(peer.Listener, conversation.Server);
        string line = $"[{conversation.Number}] {LadderLayout.End(peer.Connector, conversation.Client)} → {listener} {LadderLayout.Fate(conversation, LadderLayout.Kind(conversation.Kind))}{match}";
        return peer.IsReached ? ansi.Good(line) : ansi.Bad(line);
    }

    private string Outcome(RendezvousStory story)
    {
        string asked = Name(story.Asked, "this client");
        string offerer = Name(story.Offerer, "the offerer");
        string after = story.Connections.Any(peer => !peer.IsReached) ? ", after connects that failed" : "";
        return story.Outcome switch
        {
            Inspection.Outcome.Direct => ansi.Good($"connected as offered: {asked} reached {offerer}{after}"),
            Inspection.Outcome.CounterOffer => ansi.Good($"connected by the counter-offer: {offerer} reached {asked}{after}"),
            Inspection.Outcome.Proxy => ansi.Good($"connected through the proxy{after}"),
            Inspection.Outcome.Cancelled => $"cancelled by {offerer}",
            Inspection.Outcome.Declined => $"declined by {asked}",
            Inspection.Outcome.ServerError => ansi.Bad($"refused by the server: {Printable.Of(story.ServerError ?? "")}"),
            Inspection.Outcome.NotReached => ansi.Bad("no connect was reached"),
            _ => "not seen in this capture",
        };
    }
}
