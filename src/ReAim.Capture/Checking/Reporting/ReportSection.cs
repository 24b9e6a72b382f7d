namespace ReAim.Capture.Checking.Reporting;

/// <summary>A part of a report.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Text">What is so, in lines.</param>
internal sealed record ReportSection(string Title, string Text)
{
    /// <summary>What reading something gives, or why it could not be read: a report is made where something is wrong.</summary>
    public static ReportSection Of(string title, Func<string> read)
    {
        try
        {
            return new ReportSection(title, read());
        }
        catch (Exception failure)
        {
            return new ReportSection(title, $"could not be read: {failure.Message}");
        }
    }
}
