using ReAim.Capture.Checking.Firewall;

namespace ReAim.Capture.Checking.Checks;

/// <summary>The line by which an administrator lets translated connections pass a chain.</summary>
internal static class AcceptLine
{
    private const string Match = "-m conntrack --ctstate DNAT -j ACCEPT";

    /// <summary>The command for a base chain; where a program keeps that chain, the place it leaves to the administrator.</summary>
    public static string For(FirewallChain chain, FirewallRuleset ruleset)
    {
        if (chain.Tool == "nft")
        {
            return $"nft insert rule {chain.Family} {chain.Table} {chain.Name} ct status dnat accept";
        }

        string table = chain.Table == "filter" ? "" : $"-t {chain.Table} ";
        if (Has("DOCKER-USER"))
        {
            return $"{chain.Tool} {table}-I DOCKER-USER {Match}";
        }

        return Has("ufw-before-forward")
            ? $"put '-A ufw-before-forward {Match}' into /etc/ufw/before.rules, then ufw reload"
            : $"{chain.Tool} {table}-I {chain.Name} {Match}";

        bool Has(string name) =>
            ruleset.Chains.Any(other => other.Name == name && other.Table == chain.Table && other.Tool == chain.Tool);
    }
}
