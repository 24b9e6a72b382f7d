using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway.Rules;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>Reads the rules of this network namespace through the programs that made them.</summary>
internal static class FirewallReader
{
    /// <summary>Reads them all: nft's, and those of both kinds of iptables.</summary>
    /// <exception cref="IOException">One of the programs failed.</exception>
    public static FirewallRuleset Read()
    {
        var chains = new List<FirewallChain>();
        HashSet<ushort> queues = [.. NetfilterQueues.Read().Keys];
        var ofIptables = new HashSet<(string Table, string Chain)>();
        foreach (Iptables iptables in Iptables.FindAll())
        {
            IReadOnlyList<FirewallChain> its = IptablesRuleset.Read(iptables.Command, iptables.Save());
            chains.AddRange(its);
            if (!iptables.IsLegacy)
            {
                // Ours is in neither list.
                ofIptables.UnionWith([.. its.Select(chain => (chain.Table, chain.Name)), (IptablesChain.Table, IptablesChain.Name)]);
            }
        }

        if (Nftables.Find() is not { } nft)
        {
            return new FirewallRuleset(chains, [], false) { Queues = queues };
        }

        FirewallRuleset native = NftRuleset.Read(nft.Ruleset(), nft.Listing(), ofIptables);
        return native with { Chains = [.. native.Chains, .. chains], Queues = queues };
    }
}
