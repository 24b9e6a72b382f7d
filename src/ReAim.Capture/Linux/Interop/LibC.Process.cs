using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ReAim.Capture.Linux.Interop;

/// <summary>Processes: their life, their end and what the kernel tells about it.</summary>
internal static partial class LibC
{
    /// <summary>The signal that cannot be caught, <c>SIGKILL</c>; it also ends a stopped process.</summary>
    public const int SignalKill = 9;

    /// <summary><c>PR_SET_PDEATHSIG</c> of linux/prctl.h: the signal to get when the parent's thread ends.</summary>
    public const int PrctlSetParentDeathSignal = 1;

    private const int WaitNoHang = 1;
    private const int SystemCallPidfdOpen = 434;

    /// <summary>prctl(2).</summary>
    /// <returns>Not negative, or -1 with the last error set.</returns>
    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int option, nuint second, nuint third = 0, nuint fourth = 0, nuint fifth = 0);

    /// <summary>kill(2).</summary>
    /// <returns>0, or -1 with the last error set.</returns>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    /// <summary>Sets how willingly the calling thread, and what it starts, leaves the processor to others: setpriority(2).</summary>
    /// <param name="nice">From -20, hardly, to 19.</param>
    /// <returns>0, or -1 with the last error set: below what it is, it takes CAP_SYS_NICE.</returns>
    public static int SetThreadPriority(int nice) => SetPriority(0, 0, nice);

    /// <summary>A file that is readable once the process has ended: pidfd_open(2), Linux 5.3.</summary>
    /// <exception cref="IOException">There is no such process, or the kernel is older.</exception>
    public static SafeFileHandle OpenProcess(int process)
    {
        nint descriptor = SystemCall(SystemCallPidfdOpen, process, 0, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure("watching the worker process");
    }

    /// <summary>Takes a child's end, if it has ended: waitpid(2).</summary>
    /// <param name="process">The child.</param>
    /// <param name="status">Its wait status; -1 if somebody else has taken it.</param>
    /// <returns>False while it lives.</returns>
    public static bool TryWait(int process, out int status)
    {
        int result = WaitPid(process, out status, WaitNoHang);
        if (result < 0)
        {
            status = -1;
        }

        return result != 0;
    }

    /// <summary>What to throw when the kernel refused something that a running gateway cannot do without.</summary>
    /// <param name="what">What was tried, such as "starting the worker".</param>
    public static IOException Failure(string what) => Failure(what, Marshal.GetLastPInvokeError());

    /// <summary>The same with the error's number.</summary>
    public static IOException Failure(string what, int error) => new($"{what} failed: {Marshal.GetPInvokeErrorMessage(error)}.");

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, int who, int nice);

    /// <summary>syscall(2), for what has no wrapper and for what glibc would do to all threads.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int process, out int status, int options);
}
