using System.Runtime.InteropServices;

namespace ReAim.Capture.Linux.Interop;

/// <summary>A thread's rights. Everything here acts on the calling thread only: that is how the kernel keeps them.</summary>
internal static partial class LibC
{
    /// <summary><c>PR_SET_NO_NEW_PRIVS</c> of linux/prctl.h: from here on exec gives nothing that was not there before.</summary>
    public const int PrctlSetNoNewPrivileges = 38;

    /// <summary><c>PR_CAPBSET_DROP</c>.</summary>
    public const int PrctlDropBounding = 24;

    /// <summary><c>PR_SET_SECUREBITS</c>.</summary>
    public const int PrctlSetSecureBits = 28;

    /// <summary><c>PR_CAP_AMBIENT</c>, with one of the two below.</summary>
    public const int PrctlAmbient = 47;

    /// <summary><c>PR_CAP_AMBIENT_RAISE</c>.</summary>
    public const int AmbientRaise = 2;

    /// <summary><c>PR_CAP_AMBIENT_CLEAR_ALL</c>.</summary>
    public const int AmbientClearAll = 4;

    /// <summary>linux/securebits.h: exec and changes of ids give root no capabilities; neither can be undone.</summary>
    public const int SecureNoRootNoFixup = 0xF;

    private const uint CapabilityVersion3 = 0x2008_0522;
    private const int ReadAccess = 4;
    private const int ExecuteAccess = 1;

    /// <summary>True if ids can be changed for one thread on this processor.</summary>
    public static bool CanChangeIds => IdCalls.User != 0;

    // setresuid, setresgid, setgroups with 32-bit ids: asm/unistd.h of each processor.
    private static (int User, int Group, int Groups) IdCalls => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => (117, 119, 116),
        Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => (147, 149, 159),
        Architecture.X86 or Architecture.Arm => (208, 210, 206),
        _ => default,
    };

    /// <summary>The capabilities that the thread may use, as bits: capget(2).</summary>
    public static ulong PermittedCapabilities()
    {
        var header = new CapabilityHeader { Version = CapabilityVersion3 };
        if (CapGet(ref header, out CapabilitySets sets) != 0)
        {
            throw Failure("reading this process's capabilities");
        }

        return sets.PermittedLow | ((ulong)sets.PermittedHigh << 32);
    }

    /// <summary>Sets the thread's capabilities: capset(2).</summary>
    /// <returns>False with the last error set.</returns>
    public static bool SetCapabilities(ulong permitted, ulong effective, ulong inheritable)
    {
        var header = new CapabilityHeader { Version = CapabilityVersion3 };
        var sets = new CapabilitySets
        {
            PermittedLow = (uint)permitted,
            PermittedHigh = (uint)(permitted >> 32),
            EffectiveLow = (uint)effective,
            EffectiveHigh = (uint)(effective >> 32),
            InheritableLow = (uint)inheritable,
            InheritableHigh = (uint)(inheritable >> 32),
        };
        return CapSet(ref header, in sets) == 0;
    }

    /// <summary>Makes all three of the thread's user ids this one.</summary>
    public static bool SetThreadUser(int user) => SystemCall(IdCalls.User, user, user, user) == 0;

    /// <summary>Makes all of the thread's group ids this one, without further groups.</summary>
    public static bool SetThreadGroup(int group) => SystemCall(IdCalls.Groups, 0, 0, 0) == 0 && SystemCall(IdCalls.Group, group, group, group) == 0;

    /// <summary>True if the thread may read a file: access(2), with the thread's real ids.</summary>
    public static bool MayRead(string path) => Access(path, ReadAccess) == 0;

    /// <summary>True if the thread may execute a file.</summary>
    public static bool MayExecute(string path) => Access(path, ExecuteAccess) == 0;

    [LibraryImport("libc", EntryPoint = "capget", SetLastError = true)]
    private static partial int CapGet(ref CapabilityHeader header, out CapabilitySets sets);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int CapSet(ref CapabilityHeader header, in CapabilitySets sets);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    /// <summary><c>__user_cap_header_struct</c> of linux/capability.h; process 0 is the calling thread.</summary>
    private struct CapabilityHeader
    {
        public uint Version;
        public int Process;
    }

    /// <summary>Two <c>__user_cap_data_struct</c>: capabilities 0 to 31, then 32 to 63.</summary>
    private struct CapabilitySets
    {
        public uint EffectiveLow;
        public uint PermittedLow;
        public uint InheritableLow;
        public uint EffectiveHigh;
        public uint PermittedHigh;
        public uint InheritableHigh;
    }
}
