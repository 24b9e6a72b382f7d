using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>The header of a segment to be sent.</summary>
internal readonly record struct SegmentFields(Ipv4Endpoint Source, Ipv4Endpoint Destination, TcpFlags Flags, uint Sequence)
{
    public uint Acknowledgement { get; init; }

    public ushort Window { get; init; }

    /// <summary>The option; 0 for none.</summary>
    public ushort Mss { get; init; }
}
