namespace ReAim.NatLab.Tests.Tcp;

/// <summary>How a host's TCP behaves.</summary>
internal sealed record HostOptions
{
    /// <summary>Small segments wait until what was sent before is acknowledged (RFC 9293 3.7.4), unless a connection turns it off.</summary>
    public bool Nagle { get; init; } = true;

    /// <summary>Acknowledgements of a single segment wait for 40 ms, as Linux does.</summary>
    public bool DelayedAck { get; init; } = true;

    /// <summary>After two round trips of silence (and 200 ms more if only one segment is out) new data goes past Nagle, or the last segment is repeated (RFC 8985 7).</summary>
    public bool TailLossProbe { get; init; } = true;

    /// <summary>The largest datagram it sends and announces.</summary>
    public int Mtu { get; init; } = 1_500;
}
