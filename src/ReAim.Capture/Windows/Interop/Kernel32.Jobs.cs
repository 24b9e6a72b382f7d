using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ReAim.Capture.Windows.Interop;

/// <summary>Functions of kernel32.dll: processes that end together (jobapi2.h).</summary>
[SupportedOSPlatform("windows")]
internal static partial class Kernel32
{
    private const string Library = "kernel32.dll";

    /// <summary>JobObjectExtendedLimitInformation.</summary>
    private const int ExtendedLimits = 9;

    /// <summary>JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE.</summary>
    private const uint KillOnJobClose = 0x2000;

    /// <summary>Makes a job whose processes end when its last handle is closed, as it is when this process ends.</summary>
    /// <exception cref="IOException">Windows refuses.</exception>
    public static SafeFileHandle CreateKillingJob()
    {
        SafeFileHandle job = CreateJobObject(0, null);
        var limits = new JobLimits { Flags = KillOnJobClose };
        if (job.IsInvalid || !SetInformationJobObject(job, ExtendedLimits, limits, Marshal.SizeOf<JobLimits>()))
        {
            throw Failure("making a job");
        }

        return job;
    }

    /// <summary>Adds a process to a job.</summary>
    /// <exception cref="IOException">Windows refuses.</exception>
    public static void AddToJob(SafeFileHandle job, SafeProcessHandle process)
    {
        if (!AssignProcessToJobObject(job, process))
        {
            throw Failure("adding a process to a job");
        }
    }

    private static IOException Failure(string what) =>
        new($"{what} failed: {Marshal.GetLastPInvokeErrorMessage().TrimEnd('.', ' ')}.");

    [LibraryImport(Library, EntryPoint = "CreateJobObjectW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateJobObject(nint security, string? name);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetInformationJobObject(SafeFileHandle job, int kind, in JobLimits limits, int length);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool AssignProcessToJobObject(SafeFileHandle job, SafeProcessHandle process);

    /// <summary>JOBOBJECT_EXTENDED_LIMIT_INFORMATION (winnt.h), of which only the flags are used.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct JobLimits
    {
        public long ProcessTime;
        public long JobTime;
        public uint Flags;
        public nuint MinWorkingSet;
        public nuint MaxWorkingSet;
        public uint MaxProcesses;
        public nuint Affinity;
        public uint Priority;
        public uint SchedulingClass;
        public long Reads;
        public long Writes;
        public long Others;
        public long ReadBytes;
        public long WrittenBytes;
        public long OtherBytes;
        public nuint ProcessMemory;
        public nuint JobMemory;
        public nuint PeakProcessMemory;
        public nuint PeakJobMemory;
    }
}
