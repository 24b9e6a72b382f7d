using System.Runtime.InteropServices;

namespace ReAim.Capture.Windows.Interop;

/// <summary>Functions of advapi32.dll: the event log (winbase.h).</summary>
internal static unsafe partial class Advapi32
{
    /// <summary>EVENTLOG_WARNING_TYPE.</summary>
    private const ushort WarningEvent = 2;

    /// <summary>EVENTLOG_INFORMATION_TYPE.</summary>
    private const ushort InformationEvent = 4;

    /// <summary>Opens the event log for a source; it stays open as long as the process lives.</summary>
    [LibraryImport(Library, EntryPoint = "RegisterEventSourceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint OpenEventSource(string? machine, string source);

    /// <summary>Writes a text into the event log.</summary>
    /// <param name="source">The source.</param>
    /// <param name="id">The event's number.</param>
    /// <param name="text">What it says.</param>
    /// <param name="isWarning">True for a warning, false for information.</param>
    public static void ReportEvent(nint source, uint id, string text, bool isWarning)
    {
        fixed (char* start = text)
        {
            char* texts = start;
            ReportEvent(source, isWarning ? WarningEvent : InformationEvent, 0, id, 0, 1, 0, &texts, 0);
        }
    }

    [LibraryImport(Library, EntryPoint = "ReportEventW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool ReportEvent(
        nint source, ushort type, ushort category, uint id, nint user, ushort strings, uint length, char** texts, nint data);
}
