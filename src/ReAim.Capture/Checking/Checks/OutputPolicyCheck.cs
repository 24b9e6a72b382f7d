using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the administrator's own output rules let a relay connect to the clients of the LAN.</summary>
internal static class OutputPolicyCheck
{
    /// <summary>Looks. Only a relay connects by itself; to ports that clients choose, of which two are tried.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation) => situation.Options.Relays
        ? situation.Lan.SelectMany(lan => Look(situation, lan)).Distinct()
        : [];

    private static IEnumerable<Finding> Look(GatewaySituation situation, NetworkLink lan) =>
        from chain in situation.Firewall.At("output")
        where chain.Type == "filter"
        from port in (ushort[])[ClientPorts.Usual, ClientPorts.Chosen]
        let connect = Connect(lan, port)
        let walk = ChainWalk.Through(situation.Firewall, chain, connect)
        where walk.IsDropped
        select Finding.Warning(
            $"the relay's connects to clients behind {lan.Name} are dropped by {walk.Cause}", new AcceptLine(chain, situation.Firewall, [connect]).ForConnects(lan.Name));

    private static PacketProfile Connect(NetworkLink lan, ushort port) => new()
    {
        OutInterface = lan.Name,
        DestinationPort = port,
        Source = lan.Addresses.Count > 0 ? AddressRange.Of(lan.Addresses[0]) : null,
        Destination = lan.Networks.Count > 0 ? AddressRange.Of(lan.Networks[0]) : null,
        Connection = ["new"],
        SourceType = "local",
        DestinationType = "unicast",
    };
}
