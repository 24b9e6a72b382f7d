using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>What a service manager such as systemd wants to know: sd_notify(3). Without one nothing is said.</summary>
/// <param name="address">The value of NOTIFY_SOCKET: a path, or @ and an abstract name; null or empty if there is none.</param>
/// <param name="watchdog">How often to show a sign of life, in milliseconds; 0 for never.</param>
internal sealed class ServiceManager(string? address, long watchdog) : IServiceManager
{
    /// <summary>How often to say <see cref="Alive"/>, in milliseconds: half of what is asked for; 0 for never.</summary>
    public long WatchdogInterval { get; } = watchdog / 2;

    /// <summary>The one that started this process, if any did.</summary>
    public static ServiceManager FromEnvironment()
    {
        string? process = Environment.GetEnvironmentVariable("WATCHDOG_PID");
        bool isOurs = process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        _ = long.TryParse(
            Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds);
        return new ServiceManager(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), isOurs ? microseconds / 1000 : 0);
    }

    /// <inheritdoc/>
    public void Ready(string status) => Tell($"READY=1\nSTATUS={status}");

    /// <inheritdoc/>
    public void Stopping() => Tell("STOPPING=1\nSTATUS=Stopping.");

    /// <inheritdoc/>
    public void Alive() => Tell("WATCHDOG=1");

    /// <inheritdoc/>
    public void Status(string status) => Tell($"STATUS={status}");

    // A service manager that cannot be told is no reason to stop.
    private void Tell(string message)
    {
        if (string.IsNullOrEmpty(address))
        {
            return;
        }

        try
        {
            using SafeFileHandle socket = LibC.UnixDatagram();
            if (LibC.ConnectUnix(socket, address))
            {
                LibC.SendUnix(socket, Encoding.UTF8.GetBytes(message));
            }
        }
        catch (IOException)
        {
        }
    }
}
