using System.Globalization;
using ReAim.Capture.Reports;

namespace ReAim.Capture.Monitoring;

/// <summary>A status for a person: aligned lines. The worker that told it read hostile bytes, so no word of it is trusted to be printable.</summary>
internal static class StatusText
{
    private const int LabelWidth = -14;

    /// <summary>Writes it.</summary>
    public static void Write(StatusSnapshot status, TextWriter output)
    {
        Line(output, "reaim", $"{status.Version}, process {status.Process}, up {Words(status.Uptime)}");
        Line(output, "mode", status.Flavour is null ? status.Mode : $"{status.Mode}, {status.Flavour}");
        Line(output, "public", status.Public.Count == 0 ? "not known yet" : string.Join(", ", status.Public));
        Line(output, "restarts", Number(status.Restarts));
        Line(output, "flows", Number(status.Flows));
        Line(output, "held", Number(status.Held));
        // A dry run opens none.
        Line(output, status.Mode == "dry-run" ? "would map" : "mappings", Number(status.Mappings.Count));
        foreach (StatusMapping mapping in status.Mappings)
        {
            string peer = mapping.Peer.Length == 0 ? "everybody" : Printable.Of(mapping.Peer);
            string end = End(mapping);
            output.WriteLine($"  {mapping.Mapping}  for {peer}, {Words(mapping.Age)} old, {end}");
        }

        Counters(output, "reasons", status.Reasons);
        Counters(output, "counters", status.Counters);
    }

    // Once its peer is there, the port may close: the connection goes on.
    private static string End(StatusMapping mapping) => mapping switch
    {
        { Connected: { } peer, Expires: { } expires } => $"connected from {peer}; for others the port closes in {Words(expires)}",
        { Connected: { } peer } => $"last connected from {peer}, closes when its client signs off",
        { Expires: { } expires } => $"closes in {Words(expires)}",
        _ => "closes when its client signs off",
    };

    private static void Counters(TextWriter output, string title, IReadOnlyList<KeyValuePair<string, long>> counters)
    {
        if (counters.Count == 0)
        {
            return;
        }

        output.WriteLine(title);
        int width = counters.Max(counter => counter.Key.Length);
        foreach ((string word, long count) in counters)
        {
            output.WriteLine($"  {Printable.Of(word).PadRight(width)}  {Number(count)}");
        }
    }

    private static void Line(TextWriter output, string label, string text) => output.WriteLine($"{label,LabelWidth}{Printable.Of(text)}");

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Words(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} d {time.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Hours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.Seconds} s"),
    };
}
