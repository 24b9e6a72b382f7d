using System.Runtime.Versioning;
using ReAim.Capture.Commands;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Windows.Interop;

namespace ReAim.Capture.Windows.Services;

/// <summary>This process as a service: what it does, it does on a thread of the service manager's, which is told how it is.</summary>
[SupportedOSPlatform("windows")]
internal sealed class ServiceProcess : IServiceManager
{
    /// <summary>How long it may take to start or stop, in milliseconds, before the service manager gives up.</summary>
    private const uint Patience = 20_000;

    private readonly Func<ServiceProcess, int> _work;
    private readonly Lock _lock = new();
    private IMailbox? _mailbox;
    private bool _stops;
    private uint _state = Advapi32.StartPending;
    private nint _handle;
    private int _code;

    private ServiceProcess(Func<ServiceProcess, int> work) => _work = work;

    /// <summary>Never: Windows has no such thing.</summary>
    public long WatchdogInterval => 0;

    /// <summary>Runs until the service has stopped.</summary>
    /// <param name="work">What it does: answers one of <see cref="ExitCode"/>.</param>
    /// <returns>The same.</returns>
    /// <exception cref="BadInputException">The service manager did not start this process.</exception>
    public static int Run(Func<ServiceProcess, int> work)
    {
        var service = new ServiceProcess(work);
        return ServiceDispatcher.Run(ServiceDefinition.Name, service.Serve, service.Hear)
            ? service._code
            : throw new BadInputException("this is for Windows' service manager: install the service with reaim service install, then start it with sc.exe start ReAim.");
    }

    /// <summary>Posts the service manager's wish to end, also one that came before.</summary>
    public IDisposable PostStops(IMailbox mailbox)
    {
        lock (_lock)
        {
            _mailbox = mailbox;
            if (_stops)
            {
                mailbox.Post(Letter.Terminate);
            }
        }

        return new Stops(this);
    }

    /// <inheritdoc/>
    public void Ready(string status) => Tell(Advapi32.Running);

    /// <inheritdoc/>
    public void Stopping() => Tell(Advapi32.StopPending);

    /// <inheritdoc/>
    public void Alive()
    {
    }

    /// <inheritdoc/>
    public void Status(string status)
    {
    }

    private void Serve(nint handle)
    {
        _handle = handle;
        Tell(Advapi32.StartPending);
        try
        {
            _code = _work(this);
        }
        catch (Exception)
        {
            // It has been logged; nothing may get past here into Windows' own code.
            _code = ExitCode.Failure;
        }

        Tell(Advapi32.Stopped);
    }

    private uint Hear(uint control)
    {
        switch (control)
        {
            case Advapi32.Stop or Advapi32.Shutdown:
                Tell(Advapi32.StopPending);
                lock (_lock)
                {
                    _stops = true;
                    _mailbox?.Post(Letter.Terminate);
                }

                return 0;
            case Advapi32.Interrogate:
                return 0;
            default:
                return Advapi32.NotImplemented;
        }
    }

    private void Tell(uint state)
    {
        lock (_lock)
        {
            // Once it stops it is not to be called running any more.
            if (_state is Advapi32.StopPending or Advapi32.Stopped && state != Advapi32.Stopped)
            {
                return;
            }

            _state = state;
            bool failed = state == Advapi32.Stopped && _code != ExitCode.Success;
            Advapi32.SetStatus(_handle, new Advapi32.ServiceStatus
            {
                Type = Advapi32.OwnProcess,
                State = state,
                Accepts = state == Advapi32.Running ? Advapi32.Stop | Advapi32.AcceptShutdown : 0,
                ExitCode = failed ? Advapi32.SpecificError : 0,
                SpecificExitCode = failed ? (uint)_code : 0,
                Checkpoint = state is Advapi32.StartPending or Advapi32.StopPending ? 1u : 0,
                WaitHint = state is Advapi32.StartPending or Advapi32.StopPending ? Patience : 0,
            });
        }
    }

    /// <summary>Ends the posting.</summary>
    private sealed class Stops(ServiceProcess service) : IDisposable
    {
        public void Dispose()
        {
            lock (service._lock)
            {
                service._mailbox = null;
            }
        }
    }
}
