using ReAim.Capture.Checking.Firewall;

namespace ReAim.Capture.Checking.Checks;

/// <summary>
/// The line by which an administrator lets our packets pass a chain. Where a program keeps that chain, the line goes where the
/// program leaves a place for it: what is put elsewhere is gone with the program's next reload.
/// </summary>
/// <param name="chain">The base chain that drops them.</param>
/// <param name="ruleset">All rules.</param>
internal sealed class AcceptLine(FirewallChain chain, FirewallRuleset ruleset)
{
    private const string Translated = "-m conntrack --ctstate DNAT -j ACCEPT";

    // firewalld's tables may belong to its process alone (NftablesTableOwner in firewalld.conf(5)).
    private bool IsOfFirewalld => chain.Tool == "nft" && chain.Table == "firewalld";

    private string Nft => $"nft insert rule {chain.Family} {chain.Table} {chain.Name}";

    private string Iptables => $"{chain.Tool} {(chain.Table == "filter" ? "" : $"-t {chain.Table} ")}-I {chain.Name}";

    /// <summary>For connections that were translated and are forwarded.</summary>
    public string ForTranslated()
    {
        if (chain.Tool == "nft")
        {
            return IsOfFirewalld ? "let the policy of firewalld that drops them accept them (firewall-cmd --policy)" : $"{Nft} ct status dnat accept";
        }

        if (Has("DOCKER-USER"))
        {
            return $"{Iptables.Replace(chain.Name, "DOCKER-USER", StringComparison.Ordinal)} {Translated}";
        }

        return Has("ufw-before-forward")
            ? $"put '-A ufw-before-forward {Translated}' into /etc/ufw/before.rules, then ufw reload"
            : $"{Iptables} {Translated}";
    }

    /// <summary>For connects from the Internet to listeners of this machine.</summary>
    /// <param name="wan">The interface to the Internet.</param>
    /// <param name="pool">The ports for offers.</param>
    public string ForListeners(string wan, PortRange pool)
    {
        if (IsOfFirewalld)
        {
            return $"firewall-cmd --zone=$(firewall-cmd --get-zone-of-interface={wan}) --add-port={ClientPorts.Usual}/tcp --add-port={pool.First}-{pool.Last}/tcp, "
                + "and the same with --permanent";
        }

        if (chain.Tool == "nft")
        {
            return $"{Nft} iifname \"{wan}\" tcp dport '{{ {ClientPorts.Usual}, {pool.First}-{pool.Last} }}' accept";
        }

        return Has("ufw-before-input")
            ? $"ufw allow in on {wan} proto tcp to any port {ClientPorts.Usual},{pool.First}:{pool.Last}"
            : $"{Iptables} -i {wan} -p tcp -m multiport --dports {ClientPorts.Usual},{pool.First}:{pool.Last} -j ACCEPT";
    }

    /// <summary>For connects of this machine to clients.</summary>
    /// <param name="lan">The interface to them.</param>
    public string ForConnects(string lan)
    {
        if (chain.Tool == "nft")
        {
            return IsOfFirewalld ? "let the policy of firewalld that drops them accept them (firewall-cmd --policy)" : $"{Nft} oifname \"{lan}\" meta l4proto tcp accept";
        }

        return Has("ufw-before-output") ? $"ufw allow out on {lan} proto tcp to any" : $"{Iptables} -o {lan} -p tcp -j ACCEPT";
    }

    private bool Has(string name) =>
        ruleset.Chains.Any(other => other.Name == name && other.Table == chain.Table && other.Tool == chain.Tool);
}
