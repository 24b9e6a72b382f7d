using System.Globalization;
using ReAim.Alg;
using ReAim.Capture.Captures;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Reports;

/// <summary>An inspection for people: the ladder of each connection, and at the end what became of each rendezvous.</summary>
internal static class LadderText
{
    /// <summary>Writes the report.</summary>
    /// <param name="report">What was found.</param>
    /// <param name="output">Where to.</param>
    /// <param name="ansi">The colours; null for none.</param>
    public static void Write(InspectionReport report, TextWriter output, Ansi? ansi = null)
    {
        ansi ??= Ansi.Plain;
        var layout = new LadderLayout(report.Start);
        WriteHead(report, output, ansi);
        var steps = new StepText(layout, output, ansi);
        Conversation[] shown = [.. Shown(report)];
        foreach (Conversation conversation in shown.Where(conversation => conversation.Steps.Count > 0 || conversation.Kind == ConnectionKind.Oscar))
        {
            WriteConversation(conversation, steps, output, ansi);
        }

        WriteRest(report, shown, output, ansi);
        var stories = new StoryText(layout, output, ansi);
        foreach (RendezvousStory story in report.Rendezvous)
        {
            output.WriteLine();
            stories.Write(story);
        }
    }

    /// <summary>The connections that have a ladder, or a line in a rendezvous.</summary>
    private static IEnumerable<Conversation> Shown(InspectionReport report) => report.Oscar
        .Concat(report.Strays)
        .Concat(report.Rendezvous.SelectMany(story => story.Connections).Select(peer => peer.Conversation))
        .OrderBy(conversation => conversation.Number);

    private static void WriteHead(InspectionReport report, TextWriter output, Ansi ansi)
    {
        string name = report.Input.Length > 0 ? $"{Printable.Of(Path.GetFileName(CaptureFile.NameOf(report.Input)))}: " : "";
        string packets = LadderLayout.Count(report.Packets, "packet");
        int oscar = report.Oscar.Count();
        if (report.Packets == 0)
        {
            output.WriteLine(ansi.Head($"{name}no packets"));
            return;
        }

        output.WriteLine(ansi.Head($"{name}{packets} in {LadderLayout.Duration(report.End - report.Start)} from {MappingRow.Text(report.Start)}"));
        output.WriteLine(oscar == 0
            ? $"no OSCAR connection in {packets}"
            : $"{LadderLayout.Count(oscar, "OSCAR connection")}, {LadderLayout.Count(report.Rendezvous.Count, "rendezvous", "rendezvous")}, {LadderLayout.Count(report.Rendezvous.Sum(story => story.Connections.Count), "connect")} between peers or to the proxy");
        if (report.Departures > 0)
        {
            output.WriteLine($"recorded by reaim: {LadderLayout.Count(report.Packets, "packet")} as they came, {LadderLayout.Count(report.Departures, "packet")} as they went, {LadderLayout.Count(Rewritten(report), "rendezvous message")} rewritten");
        }

        if (report.CutSentence is { } sentence)
        {
            output.WriteLine(ansi.Warning($"! {sentence}"));
        }
    }

    private static int Rewritten(InspectionReport report) =>
        report.Rendezvous.Sum(story => story.Messages.Count(message => message.LeftAs is not null));

    private static void WriteConversation(Conversation conversation, StepText steps, TextWriter output, Ansi ansi)
    {
        string service = conversation.Service is { } what ? $" {Printable.Of(what)}" : "";
        string number = conversation.Number.ToString(CultureInfo.InvariantCulture);
        output.WriteLine();
        output.WriteLine(ansi.Head($"[{number}] {LadderLayout.Kind(conversation.Kind)}{service}: {LadderLayout.End(conversation.Owner, conversation.Client)} → {conversation.Server}"));
        output.WriteLine(ansi.Faint($"    {LadderLayout.Fate(conversation)}"));
        if (conversation.WrongChecksums > 0)
        {
            output.WriteLine(ansi.Warning($"    {LadderLayout.Count(conversation.WrongChecksums, "segment")} with a wrong checksum not read"));
        }

        foreach (Step step in conversation.Steps)
        {
            steps.Write(step);
        }

        if (conversation.StepsLeftOut > 0)
        {
            output.WriteLine(ansi.Warning($"    {LadderLayout.Count(conversation.StepsLeftOut, "more line")} left out"));
        }
    }

    /// <summary>What else there was, and what could not be followed.</summary>
    private static void WriteRest(InspectionReport report, Conversation[] shown, TextWriter output, Ansi ansi)
    {
        Conversation[] others = [.. report.Conversations.Except(shown)];
        if (others.Length == 0 && report.Skipped.Count == 0 && report.Limits.Count == 0 && !report.IsTruncated)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine(ansi.Head("Also seen"));
        foreach (IGrouping<string, Conversation> group in others.GroupBy(Describe).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"  {LadderLayout.Count(group.Count(), "connection")}: {group.Key}");
        }

        foreach ((Reason reason, long count) in report.Skipped)
        {
            output.WriteLine($"  {LadderLayout.Count(count, "packet")} not followed: {reason.Name()}");
        }

        foreach (string limit in report.Limits)
        {
            output.WriteLine(ansi.Warning($"  {limit}"));
        }

        if (report.IsTruncated)
        {
            output.WriteLine(ansi.Warning("  the capture is cut off or damaged here"));
        }
    }

    private static string Describe(Conversation conversation) => conversation.Kind switch
    {
        ConnectionKind.Silent => conversation.IsReached ? "without data" : conversation.Ending == Ending.ResetByServer ? "refused" : "SYN unanswered",
        ConnectionKind.Tls => "TLS, which may hold OSCAR but cannot be read",
        ConnectionKind.Other when conversation.LacksBeginning => "whose first bytes are missing, so that it is not known what they are",
        ConnectionKind.Other when conversation.MetInMidStream => "met in mid-stream, in which no OSCAR frames were found",
        _ => LadderLayout.Kind(conversation.Kind),
    };
}
