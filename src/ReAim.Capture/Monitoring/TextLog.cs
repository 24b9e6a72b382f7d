using System.Globalization;

namespace ReAim.Capture.Monitoring;

/// <summary>A line of text for each sentence.</summary>
/// <param name="output">Where the lines go.</param>
/// <param name="showsTime">False if whoever reads the lines adds the time, as the journal does.</param>
/// <param name="isReady">False while a line would have to wait for its reader, as at a terminal that is stopped; null if it never has to.</param>
internal sealed class TextLog(TextWriter output, bool showsTime, Func<bool>? isReady = null) : ILogOutput
{
    /// <inheritdoc/>
    public bool IsReady => isReady?.Invoke() != false;

    /// <inheritdoc/>
    public void Write(string sentence)
    {
        string time = showsTime ? DateTime.Now.ToString("HH:mm:ss ", CultureInfo.InvariantCulture) : "";
        try
        {
            output.WriteLine($"{time}reaim: {sentence}");
            output.Flush();
        }
        catch (IOException)
        {
            // Whoever read the log is gone: that must not stop what is logged.
        }
    }
}
