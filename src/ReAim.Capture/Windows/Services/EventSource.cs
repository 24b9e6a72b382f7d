using System.Runtime.Versioning;
using ReAim.Capture.Windows.Interop;

namespace ReAim.Capture.Windows.Services;

/// <summary>Writes to Windows' event log, the application's part.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class EventSource
{
    /// <summary>An event whose text is all it has, by the program that the source names.</summary>
    private const uint PlainEvent = 1;

    private static readonly nint Handle = Advapi32.OpenEventSource(null, ServiceDefinition.Name);

    /// <summary>Writes an event.</summary>
    /// <param name="sentence">What it says.</param>
    /// <param name="isWarning">True for a warning, false for information.</param>
    public static void Write(string sentence, bool isWarning)
    {
        fixed (char* text = sentence)
        {
            char* texts = text;
            Advapi32.ReportEvent(Handle, isWarning ? Advapi32.WarningEvent : Advapi32.InformationEvent, 0, PlainEvent, 0, 1, 0, &texts, 0);
        }
    }
}
