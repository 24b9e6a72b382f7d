using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation;

/// <summary>
/// A translation entry: what reaches <see cref="Public"/> is for <see cref="Lan"/>. Offers with equal ends share one entry;
/// the last to give it back closes it.
/// </summary>
public sealed class Mapping
{
    internal Mapping(Ipv4Endpoint publicEnd, Ipv4Endpoint lanEnd)
    {
        Public = publicEnd;
        Lan = lanEnd;
    }

    /// <summary>The gateway's end.</summary>
    public Ipv4Endpoint Public { get; }

    /// <summary>The LAN host's end: always a packet's own source address.</summary>
    public Ipv4Endpoint Lan { get; }

    /// <summary>True once the translator has installed it.</summary>
    public bool Installed { get; internal set; }

    /// <summary>How many offers share it.</summary>
    public int Offers { get; internal set; }

    /// <summary>Text such as 203.0.113.7:5190 -> 192.168.7.10:5190.</summary>
    public override string ToString() => $"{Public} -> {Lan}";
}
