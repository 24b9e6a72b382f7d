using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>What a client wants to say in a proposal; its style knows in which TLVs, and in which order.</summary>
internal sealed record ProposalTerms
{
    public required ushort Capability { get; init; }

    public required ushort RequestNumber { get; init; }

    /// <summary>The client's own address, as it sees it.</summary>
    public required Ipv4Address Own { get; init; }

    /// <summary>Its public address, if the server told it; else zero.</summary>
    public Ipv4Address External { get; init; }

    /// <summary>Where it listens; the proxy's PIN if there is a proxy.</summary>
    public required ushort Port { get; init; }

    /// <summary>The rendezvous proxy to use.</summary>
    public Ipv4Address? Proxy { get; init; }

    /// <summary>Of a file that is offered.</summary>
    public string? FileName { get; init; }

    public int FileSize { get; init; }

    public bool IsFirst => RequestNumber == 1;
}
