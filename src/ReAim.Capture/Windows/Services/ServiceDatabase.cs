using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32;
using ReAim.Capture.Windows.Interop;

namespace ReAim.Capture.Windows.Services;

/// <summary>The service manager's database, and the registry.</summary>
[SupportedOSPlatform("windows")]
internal sealed class ServiceDatabase : IServiceDatabase
{
    private const int AccessDenied = 5;
    private const int DoesNotExist = 1060;
    private const int MarkedForDelete = 1072;
    private const int Exists = 1073;
    private const string EventSources = @"SYSTEM\CurrentControlSet\Services\EventLog\Application\";

    /// <summary>A program of Windows' whose events 1 to 1000 consist of one text each.</summary>
    private const string Messages = @"%SystemRoot%\System32\EventCreate.exe";

    /// <summary>EVENTLOG_ERROR_TYPE, EVENTLOG_WARNING_TYPE and EVENTLOG_INFORMATION_TYPE.</summary>
    private const int AllTypes = 7;

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    /// <summary>A service's state, such as <see cref="Advapi32.Running"/>; null if there is no such service.</summary>
    public static uint? StateOf(string name)
    {
        using Advapi32.ServiceHandle manager = Advapi32.OpenManager(null, null, 1);
        using Advapi32.ServiceHandle service = Advapi32.OpenService(manager, name, Advapi32.QueryStatus);
        return !service.IsInvalid && Advapi32.Query(service, out Advapi32.ServiceStatus status) ? status.State : null;
    }

    /// <inheritdoc/>
    public void Create(ServiceDefinition service)
    {
        using Advapi32.ServiceHandle manager = OpenManager();
        using Advapi32.ServiceHandle made = Advapi32.CreateService(
            manager, ServiceDefinition.Name, ServiceDefinition.DisplayName, Advapi32.AllAccess, Advapi32.OwnProcess, Advapi32.AutoStart,
            Advapi32.ErrorNormal, service.CommandLine, null, 0, null, null, null);
        if (made.IsInvalid)
        {
            throw Marshal.GetLastPInvokeError() == Exists
                ? new BadInputException($"there is a service {ServiceDefinition.Name} already: remove it with reaim service remove.")
                : Failure("making the service");
        }

        if (!Configure(made))
        {
            IOException failure = Failure("setting the service up");
            Advapi32.DeleteService(made);
            throw failure;
        }
    }

    /// <inheritdoc/>
    public bool Remove()
    {
        using Advapi32.ServiceHandle manager = OpenManager();
        using Advapi32.ServiceHandle service = Advapi32.OpenService(manager, ServiceDefinition.Name, Advapi32.AllAccess);
        if (service.IsInvalid)
        {
            return Marshal.GetLastPInvokeError() == DoesNotExist ? false : throw Failure("opening the service");
        }

        if (Advapi32.Control(service, Advapi32.Stop, out _))
        {
            WaitForStop(service);
        }

        return Advapi32.DeleteService(service) || Marshal.GetLastPInvokeError() == MarkedForDelete ? true : throw Failure("removing the service");
    }

    /// <inheritdoc/>
    public void AddEventSource()
    {
        try
        {
            using RegistryKey key = Registry.LocalMachine.CreateSubKey(EventSources + ServiceDefinition.Name);
            key.SetValue("EventMessageFile", Messages, RegistryValueKind.ExpandString);
            key.SetValue("TypesSupported", AllTypes, RegistryValueKind.DWord);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new IOException($"the event log's source could not be made: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public void RemoveEventSource() => Registry.LocalMachine.DeleteSubKey(EventSources + ServiceDefinition.Name, throwOnMissingSubKey: false);

    private static Advapi32.ServiceHandle OpenManager()
    {
        Advapi32.ServiceHandle manager = Advapi32.OpenManager(null, null, Advapi32.ConnectAndCreate);
        return !manager.IsInvalid ? manager
            : throw (Marshal.GetLastPInvokeError() == AccessDenied
                ? new BadInputException("services are for administrators: use a console that was started as administrator.")
                : Failure("asking the service manager"));
    }

    private static bool Configure(Advapi32.ServiceHandle service) =>
        Advapi32.Describe(service, ServiceDefinition.Description)
        && Advapi32.DelayStart(service)
        && Advapi32.RestartAfterFailures(service, ServiceDefinition.RestartDelays, ServiceDefinition.ResetPeriod);

    private static void WaitForStop(Advapi32.ServiceHandle service)
    {
        long until = Environment.TickCount64 + (long)StopPatience.TotalMilliseconds;
        while (Environment.TickCount64 < until && Advapi32.Query(service, out Advapi32.ServiceStatus status) && status.State != Advapi32.Stopped)
        {
            Thread.Sleep(100);
        }
    }

    private static IOException Failure(string what) =>
        new($"{what} failed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message.TrimEnd('.', ' ')}.");
}
