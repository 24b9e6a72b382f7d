using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>Packets of the connections that ReAim is to see, as the hooks of a gateway meet them.</summary>
internal static class WatchedPackets
{
    private static readonly string[] s_states = ["new", "established"];

    /// <summary>What enters this machine: clients' and servers' packets, and peers' connects to public ends, before anybody translates.</summary>
    public static IEnumerable<PacketProfile> Arriving(GatewaySituation situation)
    {
        foreach (ushort? port in Ports(situation.Options))
        {
            foreach (NetworkLink lan in situation.Lan)
            {
                yield return new PacketProfile { InInterface = lan.Name, SourcePort = ClientPorts.Chosen, DestinationPort = port, SourceType = "unicast", DestinationType = "unicast" };
            }

            foreach (NetworkLink wan in situation.Wan)
            {
                yield return new PacketProfile { InInterface = wan.Name, SourcePort = port, DestinationPort = ClientPorts.Chosen, Destination = Address(wan), SourceType = "unicast", DestinationType = "local" };
            }
        }

        // The ports of offers are the clients' own, or from the pool: one of each is tried.
        foreach (NetworkLink wan in situation.Wan)
        {
            yield return new PacketProfile { InInterface = wan.Name, DestinationPort = ClientPorts.Usual, Destination = Address(wan), SourceType = "unicast", DestinationType = "local" };
            yield return new PacketProfile { InInterface = wan.Name, DestinationPort = situation.Options.Pool.First, Destination = Address(wan), SourceType = "unicast", DestinationType = "local" };
        }
    }

    /// <summary>What crosses this machine: clients' and servers' packets, and peers' connects that were translated.</summary>
    public static IEnumerable<PacketProfile> Crossing(GatewaySituation situation) =>
        from lan in situation.Lan
        from wan in situation.Wan
        from packet in Crossing(situation.Options, lan, wan)
        select packet;

    private static IEnumerable<PacketProfile> Crossing(GatewayOptions options, NetworkLink lan, NetworkLink wan)
    {
        AddressRange? hosts = lan.Networks.Count > 0 ? AddressRange.Of(lan.Networks[0]) : null;
        foreach (ushort? port in Ports(options))
        {
            foreach (string state in s_states)
            {
                yield return new PacketProfile
                {
                    InInterface = lan.Name,
                    OutInterface = wan.Name,
                    Source = hosts,
                    SourcePort = ClientPorts.Chosen,
                    DestinationPort = port,
                    Connection = [state],
                    SourceType = "unicast",
                    DestinationType = "unicast",
                };
            }

            yield return new PacketProfile
            {
                InInterface = wan.Name,
                OutInterface = lan.Name,
                Destination = hosts,
                SourcePort = port,
                DestinationPort = ClientPorts.Chosen,
                Connection = ["established"],
                SourceType = "unicast",
                DestinationType = "unicast",
            };
        }

        yield return new PacketProfile
        {
            InInterface = wan.Name,
            OutInterface = lan.Name,
            Destination = hosts,
            DestinationPort = ClientPorts.Usual,
            Connection = ["new", "dnat"],
            SourceType = "unicast",
            DestinationType = "unicast",
        };
    }

    private static AddressRange? Address(NetworkLink link) => link.Addresses.Count > 0 ? AddressRange.Of(link.Addresses[0]) : null;

    private static IEnumerable<ushort?> Ports(GatewayOptions options) => options.Ports.Count > 0 ? options.Ports.Select(port => (ushort?)port) : [null];
}
