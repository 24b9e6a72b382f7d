using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>A TCP connection, by its LAN-side tuple.</summary>
/// <param name="Lan">The LAN host's end.</param>
/// <param name="Remote">The other end.</param>
public readonly record struct FlowKey(Ipv4Endpoint Lan, Ipv4Endpoint Remote)
{
    private ulong Addresses => ((ulong)Lan.Address.Value << 32) | Remote.Address.Value;

    private uint Ports => ((uint)Lan.Port << 16) | Remote.Port;

    /// <summary>True for the same two ends.</summary>
    public bool Equals(FlowKey other) => Addresses == other.Addresses && Ports == other.Ports;

    /// <summary>Mixes 96 bits into 32; the process-wide seed keeps strangers from aiming at one bucket.</summary>
    public override int GetHashCode() => HashCode.Combine(Addresses, Ports);

    /// <summary>Text such as 192.168.7.10:40386 > 198.51.100.5:5190.</summary>
    public override string ToString() => $"{Lan} > {Remote}";
}
