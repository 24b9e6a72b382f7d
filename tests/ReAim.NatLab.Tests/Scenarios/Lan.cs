using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Tcp;

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
    public Lan(Internet internet, string publicAddress, string network, bool helps, Func<EngineOptions, EngineOptions>? limits)
    {
        (_internet, _network) = (internet, network);
        Gateway = new NatGateway(internet.Simulation, Addresses.Parse(publicAddress), Addresses.Parse($"{network}.1"), helps, limits);
        _switch = new Router(internet.Simulation, Addresses.Parse($"{network}.2"));
        Link.Join(internet.Simulation, Gateway, _switch, new LinkOptions { Latency = Simulation.Millisecond / 10 });
        _switch.Route(default, 0, _ports++);
    }

    public NatGateway Gateway { get; }

    public AimClient Add(string name, int number, ClientStyle style, HostOptions? options = null, LinkOptions? link = null)
    {
        var host = new Host(_internet.Simulation, name, Addresses.Parse($"{_network}.{number}"), options);
        _internet.Record.Watch(Link.Join(_internet.Simulation, host, _switch, link ?? new LinkOptions { Latency = Simulation.Millisecond / 10 }), host);
        _switch.Route(host.Address, 32, _ports++);
        return _internet.AddClient(name, style, host);
    }
}
