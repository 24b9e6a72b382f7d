using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the administrator's own input rules let a peer's connect through to a listener of the relay.</summary>
internal static class InputPolicyCheck
{
    /// <summary>Looks. The ports of offers are the clients' own, or from the pool: one of each is tried.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (!situation.Options.Relays)
        {
            return [];
        }

        Finding[] findings = [.. situation.Wan.SelectMany(wan => Look(situation, wan)).Distinct()];
        return findings.Length > 0 ? findings : [Finding.Ok("peers' connects to this machine pass the input rules")];
    }

    private static IEnumerable<Finding> Look(GatewaySituation situation, NetworkLink wan)
    {
        (ushort first, ushort last) = situation.Options.Pool;
        return from chain in situation.Firewall.At("input")
               where chain.Type == "filter"
               from port in ((ushort[])[ClientPorts.Usual, first]).Distinct()
               let walk = ChainWalk.Through(situation.Firewall, chain, Connect(wan, port))
               where walk.IsDropped
               group port by (chain, walk.Cause) into dropped
               let packets = (PacketProfile[])[.. dropped.Select(port => Connect(wan, port))]
               let line = new AcceptLine(dropped.Key.chain, situation.Firewall, packets).ForListeners(wan.Name, new PortRange(first, last))
               select Finding.Warning(
                   $"peers' connects to this machine's {Ports([.. dropped])} are dropped by {dropped.Key.Cause}",
                   $"{line}; and name the ports that your clients listen on, if they are others");
    }

    private static PacketProfile Connect(NetworkLink wan, ushort port) => new()
    {
        InInterface = wan.Name,
        DestinationPort = port,
        Destination = wan.Addresses.Count > 0 ? AddressRange.Of(wan.Addresses[0]) : null,
        Connection = ["new"],
        SourceType = "unicast",
        DestinationType = "local",
    };

    private static string Ports(ushort[] ports) => ports.Length == 1 ? $"port {ports[0]}" : $"ports {string.Join(" and ", ports)}";
}
