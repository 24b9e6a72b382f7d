using System.Runtime.InteropServices;

namespace ReAim.Capture.Linux.Interop;

/// <summary>What is known of a file descriptor: fcntl(2).</summary>
internal static partial class LibC
{
    private const int GetDescriptorFlags = 1;
    private const int GetStatusFlags = 3;
    private const int DescriptorClosesOnExec = 1;
    private const int AccessMode = 3;
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;

    /// <summary>
    /// True if whoever started this program left it a descriptor that can be used. What the program's own runtime opened
    /// in its place, because it was closed, closes on exec.
    /// </summary>
    /// <param name="descriptor">Its number.</param>
    /// <param name="writes">True if it is to be written to, false if read.</param>
    public static bool IsInherited(int descriptor, bool writes)
    {
        int flags = Control(descriptor, GetDescriptorFlags, 0);
        if (flags < 0 || (flags & DescriptorClosesOnExec) != 0)
        {
            return false;
        }

        return (Control(descriptor, GetStatusFlags, 0) & AccessMode) != (writes ? ReadOnly : WriteOnly);
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);
}
