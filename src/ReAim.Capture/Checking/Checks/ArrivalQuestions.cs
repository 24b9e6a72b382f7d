using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether a peer's connect gets so far that a mapping can lead it on, or a relay take it.</summary>
internal static class ArrivalQuestions
{
    // Where our own chain translates (ReaimTable).
    private const int Mapped = -99;

    /// <summary>The questions.</summary>
    public static IEnumerable<PolicyQuestion> Of(GatewaySituation situation)
    {
        foreach (NetworkLink wan in situation.Wan)
        {
            string Line(AcceptLine line) => line.ForListeners(wan.Name, new PortRange(situation.Options.Pool.First, situation.Options.Pool.Last));
            yield return new("ingress", PeerPackets.Arriving(situation, wan, isTracked: false), Connects, Line)
            {
                Meets = chain => chain.Devices.Count == 0 || chain.Devices.Contains(wan.Name),
            };
            yield return new("prerouting", PeerPackets.Arriving(situation, wan, isTracked: true), Connects, Line)
            {
                Meets = chain => situation.Options.Relays || IsBeforeMappings(chain),
            };
        }
    }

    /// <summary>True if a connect meets a chain before a mapping can translate it.</summary>
    public static bool IsBeforeMappings(FirewallChain chain) => chain.Priority < Mapped;

    /// <summary>What is dropped, as the subject of a sentence.</summary>
    public static string Connects(IReadOnlyList<PacketProfile> dropped)
    {
        ushort[] ports = [.. dropped.Select(packet => packet.DestinationPort!.Value).Distinct()];
        return $"peers' connects to this machine's {(ports.Length == 1 ? $"port {ports[0]}" : $"ports {string.Join(" and ", ports)}")}";
    }
}
