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
    private const string OfRules = "let the rich rule or the policy of firewalld go that drops them (firewall-cmd --list-all-zones, --list-all-policies)";
    private const string OfPolicy = "let the policy of firewalld that drops them accept them (firewall-cmd --policy)";

    // firewalld's tables may belong to its process alone (NftablesTableOwner in firewalld.conf(5)).
    private bool IsOfFirewalld => chain.Tool == "nft" && chain.Table == "firewalld";

    // Of the chains that fw4's own template makes (firewall4, ruleset.uc): only into these it puts what others want.
    private static readonly string[] s_ofFw4 =
        ["input", "forward", "output", "raw_output", "mangle_prerouting", "mangle_input", "mangle_forward", "mangle_output", "mangle_postrouting"];

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
            if (!HelpsInZones())
            {
                return OfRules;
            }

            // An interface that is in no zone by its name is in the default one.
            string zone = $"--zone=$(firewall-cmd --get-zone-of-interface={wan} || firewall-cmd --get-default-zone)";
            return $"firewall-cmd {zone} --add-port={ClientPorts.Usual}/tcp --add-port={pool.First}-{pool.Last}/tcp, and the same with --permanent";
        }

        string ports = $"{ClientPorts.Usual},{pool.First}:{pool.Last}";
        return chain.Tool == "nft" ? Nft($"iifname '\"{wan}\"' tcp dport '{{ {ClientPorts.Usual}, {pool.First}-{pool.Last} }}' accept")
            : Ufw("ufw-user-input", $"allow in on {wan} proto tcp to any port {ports}")
            ?? $"{Insert(chain.Name)} -i {wan} -p tcp -m multiport --dports {ports} -j ACCEPT";
    }

    /// <summary>For connects of this machine to clients.</summary>
    /// <param name="lan">The interface to them.</param>
    public string ForConnects(string lan) =>
        chain.Tool == "nft" ? IsOfFirewalld ? OfPolicy : Nft($"oifname '\"{lan}\"' meta l4proto tcp accept")
        : Ufw("ufw-user-output", $"allow out on {lan} proto tcp to any")
        ?? $"{Insert(chain.Name)} -o {lan} -p tcp -j ACCEPT";

    /// <summary>For answers to connections that were let in.</summary>
    public string ForAnswers() => chain.Tool == "nft"
        ? IsOfFirewalld ? OfPolicy : Nft("ct state established accept")
        : $"{Insert(chain.Name)} -m conntrack --ctstate ESTABLISHED -j ACCEPT";

    // OpenWrt's fw4 makes its table anew at each reload, from what stands in its folders.
    private string Nft(string rule)
    {
        string unquoted = rule.Replace("'", "", StringComparison.Ordinal);
        return chain is not { Family: "inet", Table: "fw4" } ? $"nft insert rule {chain.Family} {chain.Table} {chain.Name} {rule}"
            : s_ofFw4.Contains(chain.Name) ? $"put '{unquoted}' into /usr/share/nftables.d/chain-pre/{chain.Name}/reaim.nft, then fw4 reload"
            : $"put '{unquoted}' first into the chain {chain.Name} where your file in /etc/nftables.d makes it, then fw4 reload";
    }

    private string Insert(string name) => $"{chain.Tool} {(chain.Table == "filter" ? "" : $"-t {chain.Table} ")}-I {name}";

    /// <summary>ufw puts what it is told behind what it was told before, or before it.</summary>
    private string? Ufw(string name, string rule) =>
        Passes(name, isFirst: false) ? $"ufw {rule}"
        : Passes(name, isFirst: true) ? $"ufw prepend {rule}"
        : null;

    // firewalld puts the ports of a zone behind what its rich rules deny. Which zone is meant the person's command finds out.
    private bool HelpsInZones()
    {
        FirewallChain[] zones = [.. Others().Where(other => other.Name.StartsWith("filter_IN_", StringComparison.Ordinal) && other.Name.EndsWith("_allow", StringComparison.Ordinal))];
        return zones.Length == 0 || Passes(zones, isFirst: false);
    }

    /// <summary>True if there is such a chain, and the packets pass if it begins or ends with a rule that accepts them.</summary>
    private bool Passes(string name, bool isFirst)
    {
        FirewallChain[] places = [.. Others().Where(other => other.Name == name)];
        return places.Length > 0 && Passes(places, isFirst);
    }

    private bool Passes(FirewallChain[] places, bool isFirst)
    {
        var accept = new FirewallRule { Text = "", Conditions = [], Action = RuleAction.Accept };
        FirewallChain Changed(FirewallChain place) =>
            !places.Contains(place, (IEqualityComparer<FirewallChain>)ReferenceEqualityComparer.Instance) ? place
            : place with { Rules = isFirst ? [accept, .. place.Rules] : [.. place.Rules, accept] };

        FirewallRuleset with = ruleset with { Chains = [.. ruleset.Chains.Select(Changed)] };
        return packets.All(packet => !ChainWalk.Through(with, Changed(chain), packet).IsDropped);
    }

    private IEnumerable<FirewallChain> Others() => ruleset.Chains.Where(other => other.Table == chain.Table && other.Tool == chain.Tool && other.Family == chain.Family);
}
