using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>The filters of both placements. Everything that a person or the network can choose in them is a number that was checked.</summary>
internal static class DivertFilters
{
    /// <summary>So many ends fit into any of these filters, whatever they are.</summary>
    public const int MaxEnds = 56;

    private const uint Unreachable = 3;

    /// <summary>Connections to servers beyond Windows' own address translation (<see cref="DivertLayer.Network"/>).</summary>
    /// <param name="ports">Server ports; none for all.</param>
    /// <param name="servers">Servers; none for all.</param>
    /// <param name="wan">The interfaces to the Internet, by index.</param>
    /// <exception cref="BadInputException">That is more than a filter can hold.</exception>
    public static DivertFilter ServersBesideNat(IReadOnlyList<ushort> ports, IReadOnlyList<Ipv4Network> servers, IReadOnlyList<uint> wan) => Checked(
        DivertFilter.All(
            DivertFilter.OneOf(DivertField.InterfaceIndex, wan),
            DivertFilter.IsNot(DivertField.Loopback),
            DivertFilter.Any(
                DivertFilter.All([DivertFilter.Is(DivertField.Outbound), .. Server(DivertField.DestinationPort, DivertField.DestinationAddress, ports, servers)]),
                DivertFilter.All([DivertFilter.Is(DivertField.Inbound), .. Server(DivertField.SourcePort, DivertField.SourceAddress, ports, servers)]))));

    /// <summary>Connections to single servers beyond Windows' own address translation (<see cref="DivertLayer.Network"/>).</summary>
    /// <param name="servers">The servers; at least one, <see cref="MaxEnds"/> at most.</param>
    /// <param name="wan">The interfaces to the Internet, by index.</param>
    public static DivertFilter ServersBesideNat(IReadOnlyCollection<Ipv4Endpoint> servers, IReadOnlyList<uint> wan) => Checked(
        DivertFilter.All(
            DivertFilter.OneOf(DivertField.InterfaceIndex, wan),
            DivertFilter.IsNot(DivertField.Loopback),
            DivertFilter.Any(
                DivertFilter.All(DivertFilter.Is(DivertField.Outbound), Ends(servers, DivertField.DestinationAddress, DivertField.DestinationPort)),
                DivertFilter.All(DivertFilter.Is(DivertField.Inbound), Ends(servers, DivertField.SourceAddress, DivertField.SourcePort)))));

    /// <summary>Connections to servers that are forwarded (<see cref="DivertLayer.Forward"/>).</summary>
    /// <param name="ports">Server ports; none for all.</param>
    /// <param name="servers">Servers; none for all.</param>
    /// <exception cref="BadInputException">That is more than a filter can hold.</exception>
    public static DivertFilter ServersForwarded(IReadOnlyList<ushort> ports, IReadOnlyList<Ipv4Network> servers) => Checked(
        DivertFilter.Any(
            DivertFilter.All(Server(DivertField.DestinationPort, DivertField.DestinationAddress, ports, servers)),
            DivertFilter.All(Server(DivertField.SourcePort, DivertField.SourceAddress, ports, servers))));

    /// <summary>Connections to single servers that are forwarded (<see cref="DivertLayer.Forward"/>).</summary>
    /// <param name="servers">The servers; at least one, <see cref="MaxEnds"/> at most.</param>
    public static DivertFilter ServersForwarded(IReadOnlyCollection<Ipv4Endpoint> servers) => DivertFilter.Any(
        Ends(servers, DivertField.DestinationAddress, DivertField.DestinationPort), Ends(servers, DivertField.SourceAddress, DivertField.SourcePort));

    /// <summary>The first packets of connections to single servers, before Windows translates them; for copies.</summary>
    /// <param name="servers">The servers; at least one, <see cref="MaxEnds"/> at most.</param>
    public static DivertFilter Connects(IReadOnlyCollection<Ipv4Endpoint> servers) => DivertFilter.All(
        DivertFilter.Is(DivertField.Syn), DivertFilter.IsNot(DivertField.Ack), Ends(servers, DivertField.DestinationAddress, DivertField.DestinationPort));

    /// <summary>The first packets of connections to servers, before Windows translates them; for copies.</summary>
    /// <param name="ports">Server ports; none for all.</param>
    /// <param name="servers">Servers; none for all.</param>
    /// <exception cref="BadInputException">That is more than a filter can hold.</exception>
    public static DivertFilter Connects(IReadOnlyList<ushort> ports, IReadOnlyList<Ipv4Network> servers) => Checked(
        DivertFilter.All(
            [DivertFilter.Is(DivertField.Syn), DivertFilter.IsNot(DivertField.Ack), .. Server(DivertField.DestinationPort, DivertField.DestinationAddress, ports, servers)]));

    /// <summary>Peers' connects to mappings of Windows' NAT.</summary>
    /// <param name="ports">The public ports; at least one, <see cref="MaxEnds"/> at most.</param>
    public static DivertFilter PeerConnects(IReadOnlyCollection<ushort> ports) => DivertFilter.All(
        DivertFilter.Is(DivertField.Inbound),
        DivertFilter.Is(DivertField.Syn),
        DivertFilter.IsNot(DivertField.Ack),
        DivertFilter.OneOf(DivertField.DestinationPort, ports.Select(port => (uint)port)));

    /// <summary>What tells that their handshakes were answered and completed, perhaps by data, or came to nothing; for copies.</summary>
    /// <param name="ports">The public ports; at least one, <see cref="MaxEnds"/> at most.</param>
    public static DivertFilter PeerHandshakes(IReadOnlyCollection<ushort> ports) => DivertFilter.Any(
        DivertFilter.All(
            DivertFilter.Is(DivertField.Inbound),
            DivertFilter.IsNot(DivertField.Syn),
            DivertFilter.OneOf(DivertField.DestinationPort, ports.Select(port => (uint)port))),
        DivertFilter.All(
            DivertFilter.Is(DivertField.Outbound),
            DivertFilter.Any(DivertFilter.Is(DivertField.Syn), DivertFilter.Is(DivertField.Rst)),
            DivertFilter.OneOf(DivertField.SourcePort, ports.Select(port => (uint)port))));

    /// <summary>What peers send to mappings of a router without NAT, and errors about it (<see cref="DivertLayer.Network"/>).</summary>
    /// <param name="ends">The public ends in use; at least one, <see cref="MaxEnds"/> at most.</param>
    public static DivertFilter FromPeers(IReadOnlyCollection<Ipv4Endpoint> ends) => DivertFilter.All(
        DivertFilter.Is(DivertField.Inbound),
        DivertFilter.Any(DivertFilter.Is(DivertField.IcmpType, Unreachable), Ends(ends, DivertField.DestinationAddress, DivertField.DestinationPort)));

    /// <summary>What LAN hosts answer peers there, and errors about it (<see cref="DivertLayer.Forward"/>).</summary>
    /// <param name="ends">The LAN ends in use; at least one, <see cref="MaxEnds"/> at most.</param>
    public static DivertFilter ToPeers(IReadOnlyCollection<Ipv4Endpoint> ends) =>
        DivertFilter.Any(DivertFilter.Is(DivertField.IcmpType, Unreachable), Ends(ends, DivertField.SourceAddress, DivertField.SourcePort));

    private static DivertFilter[] Server(DivertField port, DivertField address, IReadOnlyList<ushort> ports, IReadOnlyList<Ipv4Network> servers)
    {
        // Without a port any TCP segment, which is what has one.
        DivertFilter which = ports.Count > 0 ? DivertFilter.OneOf(port, ports.Select(value => (uint)value)) : DivertFilter.Between(port, 0, ushort.MaxValue);
        return servers.Count == 0 ? [which] : [which, DivertFilter.Any([.. servers.Select(network => DivertFilter.Between(address, network.Address.Value, network.Last.Value))])];
    }

    private static DivertFilter Ends(IReadOnlyCollection<Ipv4Endpoint> ends, DivertField address, DivertField port) => DivertFilter.Any(
    [
        .. from end in ends
           group (uint)end.Port by end.Address into host
           orderby host.Key.Value
           select DivertFilter.All(DivertFilter.Is(address, host.Key), DivertFilter.OneOf(port, host)),
    ]);

    private static DivertFilter Checked(DivertFilter filter) => filter.Tests <= DivertFilter.MaxTests
        ? filter
        : throw new BadInputException(
            $"--port and --server name more than WinDivert can tell apart ({filter.Tests} tests, {DivertFilter.MaxTests} at most): name fewer, or larger networks.");
}
