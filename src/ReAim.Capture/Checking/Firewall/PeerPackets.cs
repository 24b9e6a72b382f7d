using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>Packets of peers' connections, as the hooks of a gateway meet them. Clients listen where they like: two ports are tried.</summary>
internal static class PeerPackets
{
    private static readonly ushort[] s_listened = [ClientPorts.Usual, ClientPorts.Chosen];

    /// <summary>Connects to this machine's public ends, before anybody translates; at ingress nothing is known of connections yet.</summary>
    public static IReadOnlyList<PacketProfile> Arriving(GatewaySituation situation, NetworkLink wan, bool isTracked) =>
    [
        .. from address in PublicAddresses(wan)
           from port in ((ushort[])[ClientPorts.Usual, situation.Options.Pool.First]).Distinct()
           select new PacketProfile
           {
               InInterface = wan.Name,
               OutInterface = "",
               SourcePort = ClientPorts.Chosen,
               DestinationPort = port,
               Destination = address,
               OriginalDestination = address,
               IsOpening = true,
               Connection = isTracked ? ["new"] : [],
               Direction = isTracked ? "original" : null,
               SourceType = "unicast",
               DestinationType = "local",
           },
    ];

    /// <summary>Connects that were translated and cross this machine, or are about to.</summary>
    public static IReadOnlyList<PacketProfile> Translated(NetworkLink wan, NetworkLink lan, bool isRouted = true) =>
    [
        .. from network in Networks(lan)
           from port in s_listened
           select new PacketProfile
           {
               InInterface = wan.Name,
               OutInterface = isRouted ? lan.Name : "",
               SourcePort = ClientPorts.Chosen,
               DestinationPort = port,
               Destination = network,
               OriginalDestination = PublicAddresses(wan)[0],
               Connection = ["new", "dnat"],
               Direction = "original",
               SourceType = "unicast",
               DestinationType = "unicast",
           },
    ];

    /// <summary>What a LAN host answers to them.</summary>
    public static IReadOnlyList<PacketProfile> Answers(NetworkLink wan, NetworkLink lan, bool isRouted = true) =>
    [
        .. from network in Networks(lan)
           from port in s_listened
           select new PacketProfile
           {
               InInterface = lan.Name,
               OutInterface = isRouted ? wan.Name : "",
               SourcePort = port,
               DestinationPort = ClientPorts.Chosen,
               Source = network,
               OriginalDestination = PublicAddresses(wan)[0],
               Connection = ["established", "dnat"],
               Direction = "reply",
               SourceType = "unicast",
               DestinationType = "unicast",
           },
    ];

    /// <summary>What this machine's relay answers to peers.</summary>
    public static IReadOnlyList<PacketProfile> OwnAnswers(GatewaySituation situation, NetworkLink wan) =>
    [
        .. from connect in Arriving(situation, wan, isTracked: true)
           select connect with
           {
               InInterface = "",
               OutInterface = wan.Name,
               SourcePort = connect.DestinationPort,
               DestinationPort = ClientPorts.Chosen,
               IsOpening = false,
               Source = connect.Destination,
               Destination = null,
               Connection = ["established"],
               Direction = "reply",
               SourceType = "local",
               DestinationType = "unicast",
           },
    ];

    /// <summary>What this machine's relay connects to in the LAN.</summary>
    public static IReadOnlyList<PacketProfile> OwnConnects(NetworkLink lan) =>
    [
        .. from network in Networks(lan)
           from port in s_listened
           select new PacketProfile
           {
               InInterface = "",
               OutInterface = lan.Name,
               SourcePort = ClientPorts.Chosen,
               DestinationPort = port,
               Source = lan.Addresses.Count > 0 ? AddressRange.Of(lan.Addresses[0]) : null,
               Destination = network,
               OriginalDestination = network,
               Connection = ["new"],
               Direction = "original",
               SourceType = "local",
               DestinationType = "unicast",
           },
    ];

    /// <summary>What LAN hosts answer to that.</summary>
    public static IReadOnlyList<PacketProfile> AnswersToOwn(NetworkLink lan) =>
    [
        .. from connect in OwnConnects(lan)
           select connect with
           {
               InInterface = lan.Name,
               OutInterface = "",
               SourcePort = connect.DestinationPort,
               DestinationPort = ClientPorts.Chosen,
               Source = connect.Destination,
               Destination = connect.Source,
               Connection = ["established"],
               Direction = "reply",
               SourceType = "unicast",
               DestinationType = "local",
           },
    ];

    // A modem's own network beside the Internet's is nobody's public address.
    private static AddressRange?[] PublicAddresses(NetworkLink wan)
    {
        AddressRange?[] all = [.. wan.Addresses.Where(address => !address.IsPrivate()).Select(address => (AddressRange?)AddressRange.Of(address))];
        return all.Length > 0 ? all : [.. wan.Addresses.Select(address => (AddressRange?)AddressRange.Of(address)).DefaultIfEmpty()];
    }

    private static IEnumerable<AddressRange?> Networks(NetworkLink lan) => lan.Networks.Select(network => (AddressRange?)AddressRange.Of(network)).DefaultIfEmpty();
}
