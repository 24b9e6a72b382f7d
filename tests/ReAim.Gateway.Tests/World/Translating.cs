namespace ReAim.Gateway.Tests.World;

/// <summary>Who lets peers in on a gateway under test.</summary>
internal sealed class Translating
{
    private readonly string _name;

    private Translating(string name) => _name = name;

    /// <summary>The kernel's NAT.</summary>
    public static Translating Nftables { get; } = new("nftables");

    /// <summary>Listeners of our own.</summary>
    public static Translating Relay { get; } = new("relay");

    /// <summary>Both of them, for a fixture; the second one in the full tests only.</summary>
    public static IEnumerable<TestFixtureData> Both =>
    [
        new TestFixtureData(Nftables).SetArgDisplayNames(Nftables._name),
        Environment.GetEnvironmentVariable("REAIM_TEST_FULL") == "1"
            ? new TestFixtureData(Relay).SetArgDisplayNames(Relay._name)
            : new TestFixtureData(Relay).SetArgDisplayNames(Relay._name).Ignore("Part of the full tests: set REAIM_TEST_FULL=1."),
    ];

    /// <summary>Starts a gateway, whose administrator has let in what this needs, and waits until it is ready.</summary>
    public GatewayTool Start(HomeGateway gateway, params string[] arguments)
    {
        if (this == Relay)
        {
            LetIn(gateway);
        }

        return GatewayTool.Start(gateway, ["--translator", _name, .. arguments]);
    }

    /// <summary>The administrator lets peers connect to the gateway itself, which a relay needs.</summary>
    public static void LetIn(HomeGateway gateway) => gateway.AddRules("insert rule ip admin input iifname \"wan\" tcp dport 1024-65535 accept");

    /// <summary>How many ports are open for peers: elements of our map, or listening sockets.</summary>
    public int MappingCount(HomeGateway gateway) => this == Nftables ? gateway.MappingCount() : gateway.ListenerCount();

    public override string ToString() => _name;
}
