namespace ReAim.NatLab.Tests.Net;

/// <summary>What a link does to the packets that cross it, in each direction.</summary>
internal sealed record LinkOptions
{
    /// <summary>One way, in nanoseconds.</summary>
    public long Latency { get; init; } = Simulation.Millisecond;

    /// <summary>Shares of packets: lost, delivered twice, overtaken by those behind them.</summary>
    public double Loss { get; init; }

    public double Duplication { get; init; }

    public double Reordering { get; init; }

    /// <summary>The largest datagram it carries, in bytes: what is larger is dropped, and its sender told (RFC 792, RFC 1191).</summary>
    public int Mtu { get; init; } = 1_500;
}
