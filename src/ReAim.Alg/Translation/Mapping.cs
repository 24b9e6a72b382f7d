using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation;

/// <summary>A translation: what reaches <see cref="Public"/> is for <see cref="Lan"/>.</summary>
/// <param name="Public">The gateway's end.</param>
/// <param name="Lan">The LAN host's end: its address is always the source address of the packet that made the offer.</param>
public readonly record struct Mapping(Ipv4Endpoint Public, Ipv4Endpoint Lan)
{
    /// <summary>True if the port is the same on both ends.</summary>
    public bool KeepsPort => Public.Port == Lan.Port;

    /// <summary>Text such as 203.0.113.7:5190 -> 192.168.7.10:5190.</summary>
    public override string ToString() => $"{Public} -> {Lan}";
}
