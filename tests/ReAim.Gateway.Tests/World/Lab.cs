using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Oscar.Styles;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.Gateway.Tests.World;

/// <summary>
/// The world of the recordings, live: Alice behind a gateway, a router, a server, Bob; others can be added. Hosts are namespaces,
/// their TCP is the kernel's, and the clients are those of the network in memory.
/// </summary>
internal sealed class Lab : IDisposable
{
    public const string ServerAddress = "198.51.100.5";
    public const string ProxyAddress = "198.51.100.6";
    public const string BobAddress = "198.51.100.77";
    public const string PublicAddress = "203.0.113.7";
    public const string SecondAddress = "203.0.113.9";

    private readonly LabOptions _options;
    private readonly Wiretap? _lanTap;
    private readonly Wiretap? _wanTap;
    private readonly List<NetNamespace> _places = [];
    private readonly List<Person> _people = [];
    private readonly List<Host> _servers = [];

    public Lab(LabOptions? options = null)
    {
        _options = options ?? new LabOptions();
        try
        {
            Internet = new Internet(_options.Offloads);
            NetNamespace servers = Place("server");

            // It writes a frame in five segments past Nagle: its probes would repeat the last one wherever an acknowledgement waits.
            servers.Sysctl(("ipv4/tcp_early_retrans", "0"));
            Internet.Attach(servers, "eth0", 1_500, ServerAddress, ProxyAddress);
            Server = Programs.Do(() => new OscarServer(Serve(servers, ServerAddress), _options.Server));
            Proxy = _options.HasProxy ? Programs.Do(() => new RendezvousProxy(Serve(servers, ProxyAddress))) : null;
            var settings = new GatewaySettings { PublicAddress = PublicAddress, Network = "192.168.7", Offloads = _options.Offloads };
            Gateway = AddGateway(_options.Gateway(settings));
            Alice = AddNeighbour("alice", $"{Gateway.Settings.Network}.10");
            Bob = AddPublic("bob", BobAddress);
            if (_options.Capture is { } filter)
            {
                _lanTap = new Wiretap(Gateway.Namespace, "lan", filter, _options.Offloads);
                _wanTap = new Wiretap(Gateway.Namespace, "wan", filter, _options.Offloads);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the clients and servers take their turns.</summary>
    public Simulation Programs { get; } = new(1);

    public Internet Internet { get; }

    public OscarServer Server { get; }

    public RendezvousProxy? Proxy { get; }

    public HomeGateway Gateway { get; }

    /// <summary>Behind the gateway, 192.168.7.10.</summary>
    public Person Alice { get; }

    /// <summary>198.51.100.77, with nothing in the way.</summary>
    public Person Bob { get; }

    /// <summary>What crosses the gateway's bridge.</summary>
    public Wiretap LanTap => _lanTap ?? throw new InvalidOperationException("This laboratory captures nothing.");

    /// <summary>What crosses its public interface.</summary>
    public Wiretap WanTap => _wanTap ?? throw new InvalidOperationException("This laboratory captures nothing.");

    /// <summary>Another gateway beside the first.</summary>
    public HomeGateway AddGateway(GatewaySettings settings) => new(Internet, Place("gw"), settings);

    /// <summary>A second gateway, 203.0.113.8, for 192.168.9.0/24.</summary>
    public HomeGateway AddSecondGateway() => AddGateway(new GatewaySettings
    {
        PublicAddress = "203.0.113.8",
        Network = "192.168.9",
        Offloads = _options.Offloads,
        Clamp = Clamp.Nft,
    });

    /// <summary>Somebody on the LAN of a gateway, the first if none is named.</summary>
    public Person AddNeighbour(string name, string address, HomeGateway? gateway = null, ClientStyle? style = null)
    {
        NetNamespace place = Place(name);
        (gateway ?? Gateway).Join(place, address);
        return Add(place, name, address, style);
    }

    /// <summary>Somebody with an address of their own.</summary>
    public Person AddPublic(string name, string address, ClientStyle? style = null)
    {
        NetNamespace place = Place(name);
        Internet.Attach(place, "eth0", 1_500, address);
        return Add(place, name, address, style);
    }

    /// <summary>A client on the first gateway itself.</summary>
    public Person AddOnGateway(string name) => Add(Gateway.Namespace, name, Gateway.PublicAddress, style: null);

    /// <summary>Another client on somebody's host.</summary>
    public Person AddBeside(Person person, string name) => Add(person.Namespace, name, person.Address, person.Client.Style);

    /// <summary>A machine beside the server, where no proxy is: for traffic that is not OSCAR.</summary>
    public Host AddWebServer() => Programs.Do(() => Serve(_servers[0].Namespace, ProxyAddress));

    /// <summary>Where clients sign on, if it is not where they are told to go then.</summary>
    public Ipv4Endpoint? Login { get; private set; }

    /// <summary>Has the server send clients that signed on to another port, where it is too.</summary>
    public void MoveServer(ushort port)
    {
        _servers[0].Namespace.ExecWithInput("nft", $"table ip n {{\n chain p {{\n type nat hook prerouting priority dstnat\n tcp dport {port} redirect to :{OscarServer.Port}\n }}\n}}\n", "-f", "-");
        Programs.Do(() =>
        {
            Login = Server.Endpoint;
            return Server.Endpoint = Server.Endpoint with { Port = port };
        });
    }

    /// <summary>Everybody signs on.</summary>
    public void SignOn()
    {
        foreach (Person person in _people)
        {
            person.SignOn();
        }
    }

    /// <summary>Waits for something that the programs know.</summary>
    public bool Until(Func<bool> condition, TimeSpan limit) => Programs.RunUntil(condition, limit.Ticks * 100);

    /// <summary>
    /// Judges what crossed the gateway so far, and ends the captures: no wrong checksum, each segment left as often as it came, and
    /// nothing twice or out of order unless packets were lost or reordered on purpose.
    /// </summary>
    public void AssertCleanTraffic(bool isCalm = true)
    {
        Wiretap.Stop(LanTap, WanTap);
        (SeenTraffic lan, SeenTraffic wan) = (SeenTraffic.Read(LanTap.File), SeenTraffic.Read(WanTap.File));
        Assert.That((LanTap.MissedCount, WanTap.MissedCount), Is.EqualTo((0, 0)), "packets missing in the captures: nothing to judge");
        (string, SeenTraffic, SeenTraffic)[] sides = [("LAN", lan, wan), ("WAN", wan, lan)];
        foreach ((string side, SeenTraffic traffic, SeenTraffic other) in sides)
        {
            Assert.That(traffic.Segments, Is.Not.Empty, $"{side}: something was captured");
            Assert.That(traffic.WithWrongChecksum(_options.Offloads), Is.Empty, $"{side}: wrong checksums");
            Assert.That(isCalm ? traffic.OutOfSequence(other) : [], Is.Empty, $"{side}: out of sequence");
        }

        Assert.That(lan.DiffersFrom(wan, ServerAddress), Is.Empty, "what came (LAN here) and what left (WAN there)");
        Assert.That(_places.Sum(place => Kernel.Count(place, "Tcp", "InCsumErrors")), Is.Zero, "segments that a host refused");
    }

    public void Dispose()
    {
        bool failed = TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed;
        try
        {
            foreach (Wiretap? tap in (Wiretap?[])[_lanTap, _wanTap])
            {
                tap?.Finish(isKept: failed);
            }

            _people.ForEach(person => person.Dispose());
            Programs.Do(() =>
            {
                _servers.ForEach(server => server.Dispose());
                return true;
            });
            Programs.Dispose();
        }
        finally
        {
            _places.ForEach(place => place.Dispose());
            Internet?.Dispose();
        }

        if (Programs.Failures.Count > 0)
        {
            throw new AggregateException("Programs failed.", Programs.Failures);
        }
    }

    private Person Add(NetNamespace place, string name, string address, ClientStyle? style)
    {
        var person = new Person(this, place, name, address, style ?? new Libpurple());
        _people.Add(person);
        return person;
    }

    private NetNamespace Place(string name)
    {
        var place = new NetNamespace(name);
        _places.Add(place);
        return place;
    }

    private Host Serve(NetNamespace place, string address)
    {
        var host = new Host(Programs, place, Addresses.Parse(address));
        _servers.Add(host);
        return host;
    }
}
