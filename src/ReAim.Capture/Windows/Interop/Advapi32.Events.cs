using System.Runtime.InteropServices;

namespace ReAim.Capture.Windows.Interop;

/// <summary>Functions of advapi32.dll: the event log (winbase.h).</summary>
internal static unsafe partial class Advapi32
{
    /// <summary>EVENTLOG_WARNING_TYPE.</summary>
    public const ushort WarningEvent = 2;

    /// <summary>EVENTLOG_INFORMATION_TYPE.</summary>
    public const ushort InformationEvent = 4;

    /// <summary>Opens the event log for a source; it stays open as long as the process lives.</summary>
    [LibraryImport(Library, EntryPoint = "RegisterEventSourceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint OpenEventSource(string? machine, string source);

    /// <summary>Writes an event of one string.</summary>
    [LibraryImport(Library, EntryPoint = "ReportEventW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ReportEvent(
        nint source, ushort type, ushort category, uint id, nint user, ushort strings, uint length, char** texts, nint data);
}
