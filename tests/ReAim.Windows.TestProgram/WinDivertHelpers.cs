using System.Runtime.InteropServices;
using ReAim.Capture.Diverters.WinDivert;

namespace ReAim.Windows.TestProgram;

/// <summary>WinDivert's functions that need no driver (windivert.h, "WINDIVERT HELPER API").</summary>
internal static partial class WinDivertHelpers
{
    private const string Library = "WinDivert.dll";

    /// <summary>Compiles a filter.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="layer">A <see cref="DivertLayer"/>.</param>
    /// <param name="program">What the driver is given; may be empty.</param>
    /// <param name="length">Its length.</param>
    /// <param name="error">Why it is none: ASCII of the library's own.</param>
    /// <param name="position">Where.</param>
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertHelperCompileFilter", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Compile(string filter, int layer, Span<byte> program, uint length, out nint error, out uint position);

    /// <summary>Writes a filter as the library understands it.</summary>
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertHelperFormatFilter", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Format(string filter, int layer, Span<byte> buffer, uint length);

    /// <summary>Asks whether a filter names a packet.</summary>
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertHelperEvalFilter", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Evaluate(string filter, ReadOnlySpan<byte> packet, uint length, in DivertAddress address);

    /// <summary>Finds a packet's headers; those it has not got stay 0.</summary>
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertHelperParsePacket", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static unsafe partial bool Parse(
        byte* packet, uint length, out nint ipv4, out nint ipv6, out byte protocol, out nint icmp, out nint icmpv6, out nint tcp, out nint udp, out nint data, out uint dataLength,
        out nint next, out uint nextLength);

    /// <summary>Computes all checksums, and says so in the address.</summary>
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertHelperCalcChecksums", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ComputeChecksums(Span<byte> packet, uint length, ref DivertAddress address, ulong flags);
}
