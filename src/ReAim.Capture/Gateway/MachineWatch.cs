using System.Net.NetworkInformation;
using System.Net.Sockets;
using ReAim.Alg.Wire;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Gateway;

/// <summary>
/// Looks every few seconds at what may change on the machine under a running worker: ports that programs listen on, the
/// indexes of interfaces, the addresses of the WAN. What the engine needs of it is kept in place.
/// </summary>
internal sealed class MachineWatch
{
    private const long Interval = 5_000_000_000;

    private readonly GatewayOptions _options;
    private readonly LanDevices _lan;
    private readonly IReadOnlyCollection<ushort> _administrators;
    private readonly HashSet<ushort> _reserved;
    private readonly EventLog _log;
    private List<Ipv4Address> _wan;
    private long _next;

    /// <summary>Looks for the first time.</summary>
    /// <param name="options">The interfaces.</param>
    /// <param name="lan">Kept up to date.</param>
    /// <param name="administrators">Public ports that the administrator's rules lead elsewhere.</param>
    /// <param name="reserved">Kept up to date: all public ports that belong to somebody else.</param>
    /// <param name="log">Is told of another WAN address.</param>
    public MachineWatch(GatewayOptions options, LanDevices lan, IReadOnlyCollection<ushort> administrators, HashSet<ushort> reserved, EventLog log)
    {
        (_options, _lan, _administrators, _reserved, _log) = (options, lan, administrators, reserved, log);
        _wan = WanAddresses();
        Reserve();
    }

    /// <summary>Looks again, if it is time.</summary>
    /// <param name="now">Nanoseconds of the gateway's clock.</param>
    public void Look(long now)
    {
        if (now < _next)
        {
            return;
        }

        _next = now + Interval;
        Reserve();
        _lan.Refresh();
        List<Ipv4Address> wan = WanAddresses();
        if (!wan.SequenceEqual(_wan))
        {
            string text = wan.Count == 0 ? "no address now" : $"the address {string.Join(", ", wan)} now";
            _log.Say($"the WAN has {text}: clients behind the old one are helped again after their next sign-on.");
            _wan = wan;
        }
    }

    private void Reserve()
    {
        _reserved.Clear();
        _reserved.UnionWith(_administrators);
        try
        {
            _reserved.UnionWith(LocalListeners.Read());
        }
        catch (IOException)
        {
            // Then the kernel's refusal is all that protects a local listener; the next look may succeed.
        }
    }

    private List<Ipv4Address> WanAddresses()
    {
        try
        {
            return
            [
                .. from device in NetworkInterface.GetAllNetworkInterfaces()
                   where _options.Wan.Contains(device.Name)
                   from address in device.GetIPProperties().UnicastAddresses
                   where address.Address.AddressFamily == AddressFamily.InterNetwork
                   select Ipv4Address.Read(address.Address.GetAddressBytes()),
            ];
        }
        catch (NetworkInformationException)
        {
            return _wan ?? [];
        }
    }
}
