using ReAim.Alg;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Net;

/// <summary>A gateway between a LAN and the rest of the world, as a scenario sees it. Its LAN is attached first.</summary>
internal interface IGateway : INode
{
    /// <summary>Its address beyond the LAN.</summary>
    Ipv4Address PublicAddress { get; }

    /// <summary>False if a firewall drops what connects to the LAN, mapping or not.</summary>
    bool LetsConnectsIn { get; set; }

    /// <summary>True if LAN hosts reach each other by its public address.</summary>
    bool Hairpins { get; }

    Engine Engine { get; }

    /// <summary>Packets that wait.</summary>
    int Held { get; }

    /// <summary>The longest time a packet waited.</summary>
    long LongestHold { get; }

    /// <summary>The translations installed now.</summary>
    IReadOnlyCollection<Mapping> Mappings { get; }

    /// <summary>Translated connections.</summary>
    int SessionCount { get; }

    /// <summary>Public ports that these use.</summary>
    int PortCount { get; }

    /// <summary>What was offered, for whoever must find out why.</summary>
    IEnumerable<string> Offers { get; }

    long Count(Reason reason) => Engine.Reasons[reason];
}
