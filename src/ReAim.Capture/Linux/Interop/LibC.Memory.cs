using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ReAim.Capture.Linux.Interop;

/// <summary>Files that are memory: memfd_create(2).</summary>
internal static partial class LibC
{
    private const uint MemoryClosesOnExec = 1;

    /// <summary>Makes a file without a place in any folder, which is gone when the last who has it open ends.</summary>
    /// <param name="name">What it is called where a process's files are listed.</param>
    /// <returns>Null if the kernel has none.</returns>
    public static SafeFileHandle? TryMakeMemory(string name)
    {
        int descriptor = CreateMemory(name, MemoryClosesOnExec);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemory(string name, uint flags);
}
