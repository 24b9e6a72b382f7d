using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Tcp;
using ReAim.NatLab.Tests.Windows;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>Hosts that reach each other directly, and everybody else through a gateway.</summary>
internal sealed class Lan
{
    private readonly Internet _internet;
    private readonly string _network;
    private readonly Router _switch;
    private int _ports;

    /// <param name="internet">Where the gateway stands.</param>
    /// <param name="publicAddress">The gateway's address there.</param>
    /// <param name="network">The first three bytes of the LAN's addresses, such as 192.168.7.</param>
    /// <param name="helps">False if the gateway only translates.</param>
    /// <param name="limits">Changes to the engine's options.</param>
    /// <param name="machine">What kind of gateway helps there.</param>
    public Lan(Internet internet, string publicAddress, string network, bool helps, Func<EngineOptions, EngineOptions>? limits, Machine machine)
    {
        (_internet, _network) = (internet, network);
        Ipv4Address outside = Addresses.Parse(publicAddress), inside = Addresses.Parse($"{network}.1");
        Gateway = helps && machine != Machine.Plain
            ? new WindowsGateway(internet.Simulation, outside, inside, machine == Machine.WindowsRouter, limits)
            : new NatGateway(internet.Simulation, outside, inside, helps, limits);
        _switch = new Router(internet.Simulation, Addresses.Parse($"{network}.2"));
        Link.Join(internet.Simulation, Gateway, _switch, new LinkOptions { Latency = Simulation.Millisecond / 10 });
        _switch.Route(default, 0, _ports++);
    }

    public IGateway Gateway { get; }

    public AimClient Add(string name, int number, ClientStyle style, HostOptions? options = null, LinkOptions? link = null)
    {
        var host = new Host(_internet.Simulation, name, Addresses.Parse($"{_network}.{number}"), options);
        _internet.Record.Watch(Link.Join(_internet.Simulation, host, _switch, link ?? new LinkOptions { Latency = Simulation.Millisecond / 10 }), host);
        _switch.Route(host.Address, 32, _ports++);
        return _internet.AddClient(name, style, host);
    }
}
