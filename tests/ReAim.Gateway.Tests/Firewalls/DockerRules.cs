using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Firewalls;

/// <summary>
/// A gateway that runs containers too: the rules that dockerd 28 installs for one network and one published port, and what its
/// documentation has people write into DOCKER-USER. No dockerd is needed for them.
/// </summary>
internal sealed class DockerRules(HomeGateway gateway) : Firewall(gateway)
{
    private const string Administrator = """
        *nat
        :POSTROUTING ACCEPT [0:0]
        -A POSTROUTING -o wan -j MASQUERADE
        COMMIT

        """;

    /// <summary>dockerd leaves others' chains alone, and empties its own.</summary>
    private const string Dockerd = """
        *raw
        :PREROUTING ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        -A PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP
        COMMIT
        *nat
        :DOCKER - [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
        -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
        -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
        -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
        COMMIT
        *filter
        :FORWARD DROP [0:0]
        :DOCKER - [0:0]
        :DOCKER-BRIDGE - [0:0]
        :DOCKER-CT - [0:0]
        :DOCKER-FORWARD - [0:0]
        :DOCKER-ISOLATION-STAGE-1 - [0:0]
        :DOCKER-ISOLATION-STAGE-2 - [0:0]
        :DOCKER-USER - [0:0]
        -A FORWARD -j DOCKER-USER
        -A FORWARD -j DOCKER-FORWARD
        -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
        -A DOCKER ! -i docker0 -o docker0 -j DROP
        -A DOCKER-BRIDGE -o docker0 -j DOCKER
        -A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A DOCKER-FORWARD -j DOCKER-CT
        -A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1
        -A DOCKER-FORWARD -j DOCKER-BRIDGE
        -A DOCKER-FORWARD -i docker0 -j ACCEPT
        -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
        -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
        -A DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT
        -A DOCKER-USER -i lan -o wan -j ACCEPT
        COMMIT

        """;

    public override void Start()
    {
        Place.Exec("iptables-restore", Folder.Write("rules.v4", Administrator));
        Load();
    }

    /// <summary>As a restart of dockerd: its chains go and come, and so do its jumps.</summary>
    public override void Reload()
    {
        string[] tables = ["raw", "nat", "filter"];
        foreach (string table in tables)
        {
            // The rules of iptables' own chains that are dockerd's.
            foreach (string rule in Place.Exec("iptables", "-t", table, "-S").Split('\n').Where(IsDockers))
            {
                Place.Exec("sh", "-c", $"iptables -t {table} -D {rule[3..]}");
            }
        }

        Load();
    }

    private static bool IsDockers(string rule) =>
        rule.StartsWith("-A ", StringComparison.Ordinal)
        && !rule.StartsWith("-A DOCKER", StringComparison.Ordinal)
        && (rule.Contains("DOCKER", StringComparison.Ordinal) || rule.Contains("172.17.", StringComparison.Ordinal));

    private void Load() => Place.Exec("iptables-restore", "--noflush", Folder.Write("docker.v4", Dockerd));
}
