using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>A stranger who tries what is open.</summary>
internal sealed class Knocking
{
    private readonly Person _mallory;

    public Knocking(Lab lab)
    {
        _mallory = lab.AddPublic("mallory", "198.51.100.66");
        Lab = lab;
    }

    public Lab Lab { get; }

    /// <summary>True if the stranger gets a connection to a port of the gateway, and keeps it.</summary>
    public bool GetsIn(int port) => _mallory.CanStayConnected(Lab.PublicAddress, port, TimeSpan.FromSeconds(1.5));

    /// <summary>SYNs to a range of ports whose answers the stranger never hears.</summary>
    public void Scan(int first, int last)
    {
        const string Deaf = "table ip deaf { chain ear { type filter hook input priority 0; policy accept; ip protocol tcp drop; }; }";
        _mallory.Namespace.ExecWithInput("nft", Deaf, "-f", "-");
        Parallel.For(first, last + 1, port => _mallory.CanConnect(Lab.PublicAddress, port, TimeSpan.FromMilliseconds(200)));
        _mallory.Namespace.Exec("nft", "delete", "table", "ip", "deaf");
    }
}
