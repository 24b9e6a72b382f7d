using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the public ports that offers get are free.</summary>
internal static class PublicPortsCheck
{
    private const int FirstUnprivileged = 1024;

    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        var forwards = ForeignForwards.Find(situation.Firewall, situation.Options.Wan, situation.WanAddresses, situation.Options.Pool);
        foreach (FirewallRule rule in forwards.Everything)
        {
            yield return Finding.Warning(
                $"this rule leads peers' connects elsewhere, so that none reaches a mapping: {rule.Text}",
                $"let it leave out the ports {situation.Options.Pool.First}-{situation.Options.Pool.Last} and {ClientPorts.Usual}");
        }

        // A relay that runs here listens itself, on the ports of its open mappings.
        bool isKnown = situation is { Options.Relays: true, Instance.IsRoots: true };
        if ((!isKnown && situation.Listeners.Contains(ClientPorts.Usual) ? $"a program here listens on TCP {ClientPorts.Usual}"
             : forwards.Ports.Contains(ClientPorts.Usual) ? $"TCP {ClientPorts.Usual} is forwarded already"
             : null) is { } taken)
        {
            // Who touches no packet cannot tell the peer of another port.
            yield return situation.Options.ListensOnly
                ? Finding.Warning($"{taken}, and --mode listen can open no other port: offers of that port are not helped", "let the clients listen on another port, or free that one")
                : Finding.Note($"{taken}: offers of that port get another public port");
        }

        (ushort first, ushort last) = situation.Options.Pool;
        (ushort FirstOut, ushort LastOut) own = situation.EphemeralPorts;
        if (first <= own.LastOut && own.FirstOut <= last)
        {
            yield return Finding.Warning(
                $"the ports {first}-{last} for offers overlap with those of this machine's own connections ({own.FirstOut}-{own.LastOut})",
                "give --pool FIRST-LAST outside of them, or set net.ipv4.ip_local_port_range");
        }

        int size = last - first + 1;
        int others = Enumerable.Range(first, size).Count(IsTaken);
        if (others > size / 2)
        {
            string most = $"{others} of the ports {first}-{last} for offers are taken already";
            yield return Free(size, port => IsTaken(port) || (own.FirstOut <= port && port <= own.LastOut)) is { } free
                ? Finding.Warning(most, $"give another --pool FIRST-LAST, such as {free.First}-{free.Last}")
                : Finding.Warning(
                    $"{most}, and so are all others: {string.Join("; ", forwards.Of(new PortRange(first, last)).Select(rule => rule.Text))}",
                    $"let the rules that lead them elsewhere leave out the ports {first}-{last} and {ClientPorts.Usual}");
        }

        bool IsTaken(int port) => forwards.Ports.Contains((ushort)port) || (!isKnown && situation.Listeners.Contains((ushort)port));
    }

    /// <summary>The highest ports in a row, of those that need no privilege, of which none is taken; null if there are none.</summary>
    private static PortRange? Free(int size, Func<int, bool> isTaken)
    {
        int run = 0;
        for (int port = ushort.MaxValue; port >= FirstUnprivileged; port--)
        {
            run = isTaken(port) ? 0 : run + 1;
            if (run == size)
            {
                return new PortRange((ushort)port, (ushort)(port + size - 1));
            }
        }

        return null;
    }
}
