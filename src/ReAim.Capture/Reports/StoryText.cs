using System.Globalization;
using System.Text;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Reports;

/// <summary>Tells a rendezvous as a story: who offered what to whom, what was tried, how it ended.</summary>
internal sealed class StoryText(LadderLayout layout, TextWriter output, Ansi ansi)
{
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
        string where = Where(message);
        string at = !message.IsOffer ? ""
            : where.Length == 0 ? " without an address to connect to"
            : message.UsesProxy ? string.Create(CultureInfo.InvariantCulture, $" by the proxy {where}, PIN {message.Port}")
            : message.LeftAs is { } left ? $" at {where}, left as {Where(left)}"
            : $" at {where}";
        string line = $"[{message.Conversation.Number}] {sender}: {RendezvousText.Title(message)}{at}";
        return message.IsOffer ? ansi.Offer(line) : line;
    }

    private static string Where(RendezvousMessage message) =>
        string.Join(", ", RendezvousStory.OwnEndpoints(message).Take(message.Addresses.Count()).Distinct());

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
        string fate = LadderLayout.Fate(conversation, LadderLayout.Kind(conversation.Kind), Client(peer), Server(peer));
        string number = $"[{conversation.Number}]";
        string line = $"{number} {LadderLayout.End(peer.Connector, conversation.Client)} → {listener}";
        string below = $"\n{Indent}{new string(' ', number.Length + 1)}{fate}{match}";
        return line + (peer.IsSession ? ansi.Good(below) : peer.IsReached ? ansi.Warning(below) : ansi.Bad(below));
    }

    /// <summary>Parts that do not fit a line stand on one of their own.</summary>
    private static string Wrapped(string outcome)
    {
        const int Width = 120;
        var wrapped = new StringBuilder();
        int column = Indent.Length;
        foreach (string part in outcome.Split("; "))
        {
            if (wrapped.Length > 0)
            {
                bool fits = column + 2 + part.Length < Width;
                wrapped.Append(fits ? "; " : $";\n{Indent}");
                column = fits ? column + 2 : Indent.Length;
            }

            wrapped.Append(part);
            column += part.Length;
        }

        return wrapped.ToString();
    }

    /// <summary>Who connected: without a name, by his address.</summary>
    private static string Client(PeerConnection peer) => Name(peer.Connector, peer.Conversation.Client.Address.ToString());

    private static string Server(PeerConnection peer) => peer.Offer.UsesProxy ? "the proxy" : Name(peer.Listener);

    private string Outcome(RendezvousStory story)
    {
        PeerConnection? session = story.Session;
        string who = session is null ? "" : $"{Client(session)} reached {Name(session.Listener)}";
        return story.Outcome switch
        {
            Inspection.Outcome.Direct => ansi.Good(Wrapped($"connected as offered: {who}{After(story)}{Course(story)}")),
            Inspection.Outcome.CounterOffer => ansi.Good(Wrapped($"connected by the counter-offer: {who}{After(story)}{Course(story)}")),
            Inspection.Outcome.Proxy => ansi.Good(Wrapped($"connected through the proxy{After(story)}{Course(story)}")),
            Inspection.Outcome.Cancelled => $"cancelled by {Ender(story)}{AfterBytes(session)}{(session is null ? After(story) : "")}",
            Inspection.Outcome.Declined => $"declined by {Name(story.Asked)}{After(story)}",
            Inspection.Outcome.ServerError => ansi.Bad($"refused by the server: {Printable.Of(story.ServerError ?? "")}"),
            Inspection.Outcome.NotReached => ansi.Bad("no connect was reached"),
            Inspection.Outcome.NoSession => ansi.Bad(NoSession(story.Connections.Last(peer => peer.IsReached))),
            _ => "not seen in this capture",
        };
    }

    private static string Ender(RendezvousStory story) => Name(story.IsEndedByOfferer ? story.Offerer : story.Asked);

    private static string After(RendezvousStory story) =>
        (story.Connections.Any(peer => !peer.IsReached) ? ", after connects that failed" : "")
        + (story.Connections.Any(peer => peer is { IsReached: true, IsSession: false }) ? ", beside a connect that was not used" : "");

    /// <summary>How a session went on after it stood.</summary>
    private static string Course(RendezvousStory story)
    {
        PeerConnection session = story.Session!;
        bool isFile = session.Conversation.Steps.Any(step => step.Kind == StepKind.Peer && step.Detail.StartsWith("OFT2", StringComparison.Ordinal));
        string file = !isFile ? "" : story.IsFileReceived ? "; the file was received" : "; no receipt of the file was seen";
        Ending ending = session.Conversation.Ending;
        return file + (story.IsFileReceived ? ""
            : ending is Ending.ResetByClient or Ending.ResetByServer ? $"; {Ended(session)}{AfterBytes(session)}"
            : story.IsSessionCancelled ? $"; cancelled by {Ender(story)}{AfterBytes(session)}"
            : ending == Ending.Open ? ""
            : isFile ? $"; {Ended(session)}{AfterBytes(session)}"
            : session.Conversation is { Kind: ConnectionKind.Odc, PeerPayload: 0 } ? $"; {Ended(session)} before a message was sent"
            : "");
    }

    /// <summary>Why a connect that was reached is no session.</summary>
    private static string NoSession(PeerConnection peer)
    {
        Conversation conversation = peer.Conversation;
        return conversation.AllBytes == 0 || conversation.Kind == ConnectionKind.Proxy
            ? conversation.Ending == Ending.Open
                ? "no session: a connect was reached, but carried no data"
                : $"no session: a connect was reached, but {Ended(peer)} before it carried data"
            : peer.SpeaksAsOffered && conversation.Ending == Ending.Open
                ? "no session: a connect was reached, but nobody answered what was said on it"
            : peer.SpeaksAsOffered
                ? $"no session: a connect was reached, but {Ended(peer)} before it was answered"
                : $"no session: a connect was reached, but carried something else ({LadderLayout.Kind(conversation.Kind)})";
    }

    private static string Ended(PeerConnection peer) => LadderLayout.EndingOf(peer.Conversation, Client(peer), Server(peer));

    private static string AfterBytes(PeerConnection? session) =>
        session is null ? "" : $" after {LadderLayout.Count(session.Conversation.AllBytes, "byte")}";
}
