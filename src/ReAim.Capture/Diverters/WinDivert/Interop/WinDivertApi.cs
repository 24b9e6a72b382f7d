using System.Runtime.InteropServices;

namespace ReAim.Capture.Diverters.WinDivert.Interop;

/// <summary>
/// The functions of WinDivert 2.2 (windivert.h). The library is taken from beside this program only, never from the current folder or the
/// search path: this program runs with all rights.
/// </summary>
internal static partial class WinDivertApi
{
    private const string Library = "WinDivert.dll";

    /// <summary>Opens a handle; -1 if it cannot.</summary>
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertOpen", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Open(string filter, int layer, short priority, ulong flags);

    /// <summary>Waits for packets, and takes as many as there are and fit.</summary>
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertRecvEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Receive(
        nint handle, Span<byte> packets, uint length, out uint received, ulong flags, Span<DivertAddress> addresses, ref uint addressesLength, nint overlapped);

    /// <summary>Sends packets.</summary>
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertSendEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Send(
        nint handle, ReadOnlySpan<byte> packets, uint length, out uint sent, ulong flags, ReadOnlySpan<DivertAddress> addresses, uint addressesLength, nint overlapped);

    /// <summary>Ends receiving, sending, or both.</summary>
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertShutdown", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Shutdown(nint handle, int how);

    /// <summary>Closes a handle.</summary>
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertClose", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Close(nint handle);

    /// <summary>Sets a parameter.</summary>
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertSetParam", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetParameter(nint handle, int parameter, ulong value);
}
