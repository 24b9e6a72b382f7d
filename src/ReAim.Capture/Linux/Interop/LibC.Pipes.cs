using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ReAim.Capture.Linux.Interop;

/// <summary>Pipes.</summary>
internal static partial class LibC
{
    private const int PipeFlags = NonBlocking | CloseOnExec;

    /// <summary>A pipe of which neither end waits and which no other program gets by itself: pipe2(2).</summary>
    public static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        Span<int> ends = stackalloc int[2];
        return Pipe2(ends, PipeFlags) == 0
            ? (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true))
            : throw Failure("opening a pipe");
    }

    /// <summary>read(2).</summary>
    /// <returns>How many bytes; 0 at the end; -1 with the last error set.</returns>
    public static nint Read(SafeFileHandle file, Span<byte> bytes) => ReadFile(file, bytes, (nuint)bytes.Length);

    /// <summary>write(2).</summary>
    /// <returns>How many bytes; -1 with the last error set.</returns>
    public static nint Write(SafeFileHandle file, ReadOnlySpan<byte> bytes) => WriteFile(file, bytes, (nuint)bytes.Length);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe2(Span<int> ends, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(SafeFileHandle file, Span<byte> bytes, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteFile(SafeFileHandle file, ReadOnlySpan<byte> bytes, nuint length);
}
