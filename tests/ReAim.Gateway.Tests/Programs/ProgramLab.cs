using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>
/// Where real programs meet: a server and Bob outside, Alice and Carol behind a gateway, or outside too, with nothing in the way.
/// </summary>
internal sealed class ProgramLab : IDisposable
{
    public const string ServerAddress = "198.51.100.5";
    public const string BouncerAddress = "198.51.100.6";
    public const string PublicAddress = "203.0.113.7";

    private readonly List<NetNamespace> _places = [];
    private readonly Internet _internet = new(offloads: true);

    public ProgramLab(bool hasGateway)
    {
        try
        {
            Server = AddPublic("server", ServerAddress, BouncerAddress);
            Bob = AddPublic("bob", "198.51.100.77");
            if (hasGateway)
            {
                Gateway = new HomeGateway(_internet, Place("gw"), new GatewaySettings { PublicAddress = PublicAddress, Network = "192.168.7" });
                Alice = AddNeighbour("alice", "192.168.7.10");
                Carol = AddNeighbour("carol", "192.168.7.11");
            }
            else
            {
                Alice = AddPublic("alice", "198.51.100.10");
                Carol = AddPublic("carol", "198.51.100.11");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public NetNamespace Server { get; }

    public NetNamespace Bob { get; }

    public NetNamespace Alice { get; }

    public NetNamespace Carol { get; }

    public HomeGateway? Gateway { get; }

    public void Dispose()
    {
        // Whatever a program has left behind.
        foreach (string process in _places.SelectMany(place => Shell.TryRun("ip", "", "netns", "pids", place.Name).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
        {
            Signal.Send(int.Parse(process, null), Signal.Kill);
        }

        _places.ForEach(place => place.Dispose());
        _internet.Dispose();
    }

    private NetNamespace AddPublic(string name, params string[] addresses)
    {
        NetNamespace place = Place(name);
        _internet.Attach(place, "eth0", 1_500, addresses);
        return place;
    }

    private NetNamespace AddNeighbour(string name, string address)
    {
        NetNamespace place = Place(name);
        Gateway!.Join(place, address);
        return place;
    }

    private NetNamespace Place(string name)
    {
        var place = new NetNamespace(name);
        _places.Add(place);
        return place;
    }
}
