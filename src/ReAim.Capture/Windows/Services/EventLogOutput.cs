using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Windows.Services;

/// <summary>Sentences as events of Windows' event log.</summary>
/// <param name="write">Writes an event: its text, and whether it is a warning.</param>
internal sealed class EventLogOutput(Action<string, bool> write) : ILogOutput
{
    private const string WarningWord = "WARNING: ";

    /// <summary>The longest text of an event (ReportEvent: 31,839 characters), less what the viewer adds.</summary>
    private const int Longest = 30_000;

    /// <summary>Always.</summary>
    public bool IsReady => true;

    /// <inheritdoc/>
    public void Write(string sentence)
    {
        string text = sentence.Replace(WarningWord, "", StringComparison.Ordinal);
        write(text.Length > Longest ? text[..Longest] : text, text.Length != sentence.Length);
    }
}
