using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Firewalls;

/// <summary>A file of <c>iptables-restore</c>, as <c>netfilter-persistent reload</c> loads it: every chain of three tables anew.</summary>
internal sealed class IptablesFile(HomeGateway gateway) : Firewall(gateway)
{
    private const string Rules = """
        *mangle
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        -A FORWARD -o wan -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
        COMMIT
        *nat
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        -A POSTROUTING -o wan -j MASQUERADE
        COMMIT
        *filter
        :INPUT DROP [0:0]
        :FORWARD DROP [0:0]
        :OUTPUT ACCEPT [0:0]
        -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A INPUT ! -i wan -j ACCEPT
        -A FORWARD -m conntrack --ctstate INVALID -j DROP
        -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A FORWARD -i lan -o wan -j ACCEPT
        -A FORWARD -m conntrack --ctstate DNAT -j ACCEPT
        COMMIT

        """;

    public override void Start() => Reload();

    public override void Reload() => Place.Exec("iptables-restore", Folder.Write("rules.v4", Rules));
}
