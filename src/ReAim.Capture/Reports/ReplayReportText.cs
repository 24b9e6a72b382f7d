using System.Globalization;
using ReAim.Alg;

namespace ReAim.Capture.Reports;

/// <summary>A replay's report for people.</summary>
internal static class ReplayReportText
{
    /// <summary>Writes the report.</summary>
    public static void Write(ReplayReport report, TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.PacketsIn} packets, {report.Rewritten} rewritten, {report.Translated} translated, {report.Held} held, {report.PacketsIn - report.PacketsOut} dropped"));
        WriteMappings(report, output);
        if (report.Reasons.NonZero().Any())
        {
            output.WriteLine();
            output.WriteLine("reasons");
            foreach ((Reason reason, long count) in report.Reasons.NonZero())
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count,8}  {reason.Name()}"));
            }
        }
    }

    private static void WriteMappings(ReplayReport report, TextWriter output)
    {
        output.WriteLine();
        if (report.Mappings.Count == 0)
        {
            output.WriteLine("no mappings: no client behind the gateway offered a direct connection");
            return;
        }

        output.WriteLine("mappings");
        foreach (MappingRow row in report.Mappings)
        {
            string end = row.Closed is { } closed ? $"{row.Reason.Name()} {MappingRow.Text(closed)}" : "still open at the end";
            string from = row.ConnectedFrom.IsZero ? "" : $", connected from {row.ConnectedFrom}";
            output.WriteLine($"  {row.Mapping}  {row.Capability}{(row.Peer.Length == 0 ? "" : $" to {Printable(row.Peer)}")}{from}");
            output.WriteLine($"    opened {MappingRow.Text(row.Opened)}, {end}");
        }
    }

    /// <summary>A screen name comes from the network: no control character of it reaches the terminal.</summary>
    private static string Printable(string name) => string.Concat(name.Select(letter => char.IsControl(letter) ? '?' : letter));
}
