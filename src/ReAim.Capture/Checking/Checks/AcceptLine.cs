using ReAim.Capture.Checking.Firewall;

namespace ReAim.Capture.Checking.Checks;

/// <summary>
/// The line by which an administrator lets our packets pass a chain. Where a program keeps that chain, the line goes where the
/// program leaves a place for it: what is put elsewhere is gone with the program's next reload. A place is named only if an accept
/// there does let them pass.
/// </summary>
/// <param name="chain">The base chain that drops them.</param>
/// <param name="ruleset">All rules.</param>
/// <param name="packets">Those that are dropped.</param>
internal sealed class AcceptLine(FirewallChain chain, FirewallRuleset ruleset, IReadOnlyList<PacketProfile> packets)
{
    private const string Translated = "-m conntrack --ctstate DNAT -j ACCEPT";
    private const string OfPolicy = "let the policy of firewalld that drops them accept them (firewall-cmd --policy)";

    // firewalld's tables may belong to its process alone (NftablesTableOwner in firewalld.conf(5)).
    private bool IsOfFirewalld => chain.Tool == "nft" && chain.Table == "firewalld";

    /// <summary>For connections that were translated and are forwarded.</summary>
    public string ForTranslated() =>
        chain.Tool == "nft" ? IsOfFirewalld ? OfPolicy : Nft("ct status dnat accept")
        : Passes("DOCKER-USER", isFirst: true) ? $"{Insert("DOCKER-USER")} {Translated}"
        : Passes("ufw-before-forward", isFirst: true) ? $"put '-A ufw-before-forward {Translated}' into /etc/ufw/before.rules, before the rules there for that chain, then ufw reload"
        : $"{Insert(chain.Name)} {Translated}";

    /// <summary>For connects from the Internet to listeners of this machine.</summary>
    /// <param name="wan">The interface to the Internet.</param>
    /// <param name="pool">The ports for offers.</param>
    public string ForListeners(string wan, PortRange pool)
    {
        if (IsOfFirewalld)
        {
            // An interface that is in no zone by its name is in the default one.
            string zone = $"--zone=$(firewall-cmd --get-zone-of-interface={wan} || firewall-cmd --get-default-zone)";
            return $"firewall-cmd {zone} --add-port={ClientPorts.Usual}/tcp --add-port={pool.First}-{pool.Last}/tcp, and the same with --permanent";
        }

        string ports = $"{ClientPorts.Usual},{pool.First}:{pool.Last}";
        return chain.Tool == "nft" ? Nft($"iifname \"{wan}\" tcp dport '{{ {ClientPorts.Usual}, {pool.First}-{pool.Last} }}' accept")
            : Ufw("ufw-user-input", $"allow in on {wan} proto tcp to any port {ports}")
            ?? $"{Insert(chain.Name)} -i {wan} -p tcp -m multiport --dports {ports} -j ACCEPT";
    }

    /// <summary>For connects of this machine to clients.</summary>
    /// <param name="lan">The interface to them.</param>
    public string ForConnects(string lan) =>
        chain.Tool == "nft" ? IsOfFirewalld ? OfPolicy : Nft($"oifname \"{lan}\" meta l4proto tcp accept")
        : Ufw("ufw-user-output", $"allow out on {lan} proto tcp to any")
        ?? $"{Insert(chain.Name)} -o {lan} -p tcp -j ACCEPT";

    // OpenWrt's fw4 makes its table anew at each reload, from what stands in this folder among others.
    private string Nft(string rule) => chain is { Family: "inet", Table: "fw4", Hook: not null }
        ? $"put '{rule.Replace("'", "", StringComparison.Ordinal)}' into /usr/share/nftables.d/chain-pre/{chain.Name}/reaim.nft, then fw4 reload"
        : $"nft insert rule {chain.Family} {chain.Table} {chain.Name} {rule}";

    private string Insert(string name) => $"{chain.Tool} {(chain.Table == "filter" ? "" : $"-t {chain.Table} ")}-I {name}";

    /// <summary>ufw puts what it is told behind what it was told before, or before it.</summary>
    private string? Ufw(string name, string rule) =>
        Passes(name, isFirst: false) ? $"ufw {rule}"
        : Passes(name, isFirst: true) ? $"ufw prepend {rule}"
        : null;

    /// <summary>True if there is such a chain, and the packets pass if it begins or ends with a rule that accepts them.</summary>
    private bool Passes(string name, bool isFirst)
    {
        FirewallChain? place = ruleset.Chains.FirstOrDefault(other => other.Name == name && other.Table == chain.Table && other.Tool == chain.Tool);
        if (place is null)
        {
            return false;
        }

        var accept = new FirewallRule { Text = "", Conditions = [], Action = RuleAction.Accept };
        FirewallChain changed = place with { Rules = isFirst ? [accept, .. place.Rules] : [.. place.Rules, accept] };
        FirewallRuleset with = ruleset with { Chains = [.. ruleset.Chains.Select(other => ReferenceEquals(other, place) ? changed : other)] };
        return packets.All(packet => !ChainWalk.Through(with, ReferenceEquals(chain, place) ? changed : chain, packet).IsDropped);
    }
}
