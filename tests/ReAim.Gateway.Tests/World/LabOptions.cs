using ReAim.NatLab.Tests.Oscar;

namespace ReAim.Gateway.Tests.World;

/// <summary>What a laboratory is like.</summary>
internal sealed record LabOptions
{
    public ServerStyle Server { get; init; } = ServerStyle.Keeps;

    /// <summary>Whether there is a rendezvous proxy, and the clients use it.</summary>
    public bool HasProxy { get; init; }

    /// <summary>Whether hosts leave checksums and the cutting into segments to their interfaces.</summary>
    public bool Offloads { get; init; } = true;

    /// <summary>What is told to the first gateway's administrator.</summary>
    public Func<GatewaySettings, GatewaySettings> Gateway { get; init; } = settings => settings;

    /// <summary>What is captured on both sides of the first gateway, as a filter of tcpdump; null for nothing.</summary>
    public string? Capture { get; init; } = "tcp";
}
