using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ReAim.Capture.Linux.Interop;

/// <summary>Starting a program from the calling thread, with that thread's rights and chosen files.</summary>
internal static partial class LibC
{
    // Larger than posix_spawnattr_t and posix_spawn_file_actions_t of glibc and musl (336 and 80 bytes).
    private const int SpawnStructLength = 1024;
    private const int SignalSetLength = 128;
    private const short SpawnSetSignalMask = 8;
    private const int SystemCallCloseRange = 436;
    private const int CloseRangeCloseOnExec = 4;

    /// <summary>Starts a program: posix_spawn(3).</summary>
    /// <param name="path">The program's absolute path.</param>
    /// <param name="arguments">Its arguments, the first is its name.</param>
    /// <param name="environment">Lines NAME=VALUE.</param>
    /// <param name="input">What it gets as its standard input.</param>
    /// <param name="inherited">Files that it gets under the same numbers; of all others only 0, 1 and 2.</param>
    /// <param name="blocked">Signals that none of its threads will see.</param>
    /// <param name="process">Its process id.</param>
    /// <returns>0, or the error's number.</returns>
    public static int Spawn(
        string path,
        IEnumerable<string> arguments,
        IEnumerable<string> environment,
        SafeFileHandle input,
        ReadOnlySpan<int> inherited,
        ReadOnlySpan<int> blocked,
        out int process)
    {
        // Files that this process was given by mistake do not travel on; what .NET starts gets its own by dup2.
        SystemCall(SystemCallCloseRange, 3, unchecked((nint)uint.MaxValue), CloseRangeCloseOnExec);
        byte[] actions = new byte[SpawnStructLength];
        byte[] attributes = new byte[SpawnStructLength];
        SpawnActionsInit(actions);
        SpawnAttributesInit(attributes);
        try
        {
            SpawnActionsAddDup2(actions, (int)input.DangerousGetHandle(), 0);
            foreach (int descriptor in inherited)
            {
                SpawnActionsAddDup2(actions, descriptor, descriptor);
            }

            SpawnAttributesSetFlags(attributes, SpawnSetSignalMask);
            SpawnAttributesSetSignalMask(attributes, SignalSet(blocked));
            return PosixSpawn(out process, path, actions, attributes, [.. arguments, null], [.. environment, null]);
        }
        finally
        {
            SpawnActionsDestroy(actions);
            SpawnAttributesDestroy(attributes);
        }
    }

    // Bit n - 1 of a row of machine words is signal n; all our processors with .NET are little-endian or have 64-bit words.
    private static byte[] SignalSet(ReadOnlySpan<int> signals)
    {
        ulong bits = 0;
        foreach (int signal in signals)
        {
            bits |= 1UL << (signal - 1);
        }

        byte[] set = new byte[SignalSetLength];
        MemoryMarshal.Write(set, in bits);
        return set;
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PosixSpawn(out int process, string path, byte[] actions, byte[] attributes, string?[] arguments, string?[] environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int SpawnActionsInit(byte[] actions);

    // From one number to the same it clears close-on-exec: glibc 2.29, musl 1.2.
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int SpawnActionsAddDup2(byte[] actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int SpawnActionsDestroy(byte[] actions);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int SpawnAttributesInit(byte[] attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SpawnAttributesSetFlags(byte[] attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SpawnAttributesSetSignalMask(byte[] attributes, byte[] signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int SpawnAttributesDestroy(byte[] attributes);
}
