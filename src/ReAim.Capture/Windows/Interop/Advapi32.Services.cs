using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ReAim.Capture.Windows.Interop;

/// <summary>Functions of advapi32.dll: services (winsvc.h).</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class Advapi32
{
    /// <summary>SERVICE_STOPPED.</summary>
    public const uint Stopped = 1;

    /// <summary>SERVICE_START_PENDING.</summary>
    public const uint StartPending = 2;

    /// <summary>SERVICE_STOP_PENDING.</summary>
    public const uint StopPending = 3;

    /// <summary>SERVICE_RUNNING.</summary>
    public const uint Running = 4;

    /// <summary>SERVICE_CONTROL_STOP, and SERVICE_ACCEPT_STOP.</summary>
    public const uint Stop = 1;

    /// <summary>SERVICE_ACCEPT_SHUTDOWN.</summary>
    public const uint AcceptShutdown = 4;

    /// <summary>SERVICE_CONTROL_SHUTDOWN.</summary>
    public const uint Shutdown = 5;

    /// <summary>SERVICE_CONTROL_INTERROGATE.</summary>
    public const uint Interrogate = 4;

    /// <summary>ERROR_SERVICE_SPECIFIC_ERROR.</summary>
    public const uint SpecificError = 1066;

    /// <summary>ERROR_CALL_NOT_IMPLEMENTED.</summary>
    public const uint NotImplemented = 120;

    /// <summary>SERVICE_WIN32_OWN_PROCESS.</summary>
    public const uint OwnProcess = 0x10;

    /// <summary>SERVICE_AUTO_START.</summary>
    public const uint AutoStart = 2;

    /// <summary>SERVICE_ERROR_NORMAL.</summary>
    public const uint ErrorNormal = 1;

    /// <summary>SC_MANAGER_CONNECT and SC_MANAGER_CREATE_SERVICE.</summary>
    public const uint ConnectAndCreate = 3;

    /// <summary>SERVICE_ALL_ACCESS.</summary>
    public const uint AllAccess = 0xF01FF;

    /// <summary>SERVICE_QUERY_STATUS.</summary>
    public const uint QueryStatus = 4;

    private const string Library = "advapi32.dll";

    /// <summary>Hands this thread to the service manager until all services of the process have stopped.</summary>
    [LibraryImport(Library, EntryPoint = "StartServiceCtrlDispatcherW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool StartDispatcher(ServiceEntry* table);

    /// <summary>Says who takes the service manager's words.</summary>
    [LibraryImport(Library, EntryPoint = "RegisterServiceCtrlHandlerExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint RegisterHandler(string name, delegate* unmanaged<uint, uint, nint, nint, uint> handler, nint context);

    /// <summary>Tells the service manager how the service is.</summary>
    [LibraryImport(Library, EntryPoint = "SetServiceStatus", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetStatus(nint service, in ServiceStatus status);

    /// <summary>Opens the database of services.</summary>
    [LibraryImport(Library, EntryPoint = "OpenSCManagerW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial ServiceHandle OpenManager(string? machine, string? database, uint access);

    /// <summary>Opens a service.</summary>
    [LibraryImport(Library, EntryPoint = "OpenServiceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial ServiceHandle OpenService(ServiceHandle manager, string name, uint access);

    /// <summary>Makes a service.</summary>
    [LibraryImport(Library, EntryPoint = "CreateServiceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial ServiceHandle CreateService(
        ServiceHandle manager, string name, string displayName, uint access, uint type, uint start, uint error, string commandLine,
        string? group, nint tag, string? dependencies, string? account, string? password);

    /// <summary>Sets a service's further properties.</summary>
    [LibraryImport(Library, EntryPoint = "ChangeServiceConfig2W", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool Configure(ServiceHandle service, uint what, void* value);

    /// <summary>Removes a service, once it has stopped.</summary>
    [LibraryImport(Library, EntryPoint = "DeleteService", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool DeleteService(ServiceHandle service);

    /// <summary>Sends a service a word.</summary>
    [LibraryImport(Library, EntryPoint = "ControlService", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Control(ServiceHandle service, uint control, out ServiceStatus status);

    /// <summary>Asks how a service is.</summary>
    [LibraryImport(Library, EntryPoint = "QueryServiceStatus", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Query(ServiceHandle service, out ServiceStatus status);

    [LibraryImport(Library, EntryPoint = "CloseServiceHandle")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CloseService(nint handle);

    /// <summary>SERVICE_TABLE_ENTRYW.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ServiceEntry
    {
        /// <summary>The service's name, which must stay where it is.</summary>
        public char* Name;

        /// <summary>Where it begins, on a thread of its own.</summary>
        public delegate* unmanaged<uint, char**, void> Main;
    }

    /// <summary>SERVICE_STATUS.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ServiceStatus
    {
        /// <summary>SERVICE_WIN32_OWN_PROCESS.</summary>
        public uint Type;

        /// <summary>Such as <see cref="Running"/>.</summary>
        public uint State;

        /// <summary>What it listens to.</summary>
        public uint Accepts;

        /// <summary>A Windows error.</summary>
        public uint ExitCode;

        /// <summary>The service's own error, after <see cref="SpecificError"/>.</summary>
        public uint SpecificExitCode;

        /// <summary>Grows while it starts or stops.</summary>
        public uint Checkpoint;

        /// <summary>How long that takes, in milliseconds.</summary>
        public uint WaitHint;
    }

    /// <summary>SC_ACTION.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FailureAction
    {
        /// <summary>SC_ACTION_RESTART.</summary>
        public int Type;

        /// <summary>After so many milliseconds.</summary>
        public uint Delay;
    }

    /// <summary>SERVICE_FAILURE_ACTIONSW.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FailureActionList
    {
        /// <summary>After so many seconds without a failure the list begins anew.</summary>
        public uint ResetPeriod;

        /// <summary>Not used.</summary>
        public char* RebootMessage;

        /// <summary>Not used.</summary>
        public char* Command;

        /// <summary>How many actions there are.</summary>
        public uint Count;

        /// <summary>The actions.</summary>
        public FailureAction* Actions;
    }

    /// <summary>A handle of the service manager's.</summary>
    public sealed class ServiceHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        /// <summary>Made by the marshaller.</summary>
        public ServiceHandle()
            : base(ownsHandle: true)
        {
        }

        /// <inheritdoc/>
        protected override bool ReleaseHandle() => CloseService(handle);
    }
}
