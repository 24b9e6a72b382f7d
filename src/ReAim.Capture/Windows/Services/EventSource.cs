using System.Runtime.Versioning;
using ReAim.Capture.Windows.Interop;

namespace ReAim.Capture.Windows.Services;

/// <summary>Writes to Windows' event log, the application's part.</summary>
[SupportedOSPlatform("windows")]
internal static class EventSource
{
    /// <summary>An event whose text is all it has, by the program that the source names.</summary>
    private const uint PlainEvent = 1;

    private static readonly nint Handle = Advapi32.OpenEventSource(null, ServiceDefinition.Name);

    /// <summary>Writes an event.</summary>
    /// <param name="sentence">What it says.</param>
    /// <param name="isWarning">True for a warning, false for information.</param>
    public static void Write(string sentence, bool isWarning) => Advapi32.ReportEvent(Handle, PlainEvent, sentence, isWarning);
}
