using ReAim.Capture.Inspection;

namespace ReAim.Capture.Reports;

/// <summary>An inspection for programs: one object.</summary>
internal static class LadderJson
{
    /// <summary>Writes the report.</summary>
    public static void Write(InspectionReport report, TextWriter output) => output.WriteLine(report.Packets);
}
