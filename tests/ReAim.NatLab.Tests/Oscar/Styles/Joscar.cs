using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar.Styles;

/// <summary>joscar, the Java library. It accepts as soon as it begins to try, and its stages are short.</summary>
internal sealed class Joscar : ClientStyle
{
    /// <summary>Two seconds more than its own when the buddy began.</summary>
    private const long LanTimeout = 4 * Simulation.Second;

    private const long InternetTimeout = 5 * Simulation.Second;

    public override string Name => "joscar";

    public override bool AcceptsBeforeConnecting => true;

    public override long? ListenTimeout => 12 * Simulation.Second;

    public override byte[][] Cancel => [Tlv(0x000B, U16(1))];

    public override byte[][] Proposal(ProposalTerms terms)
    {
        byte[][] head = terms.IsFirst
            ? [Tlv(0x000A, U16(1)), Tlv(0x000F), Tlv(0x000E, "en"u8.ToArray()), Tlv(0x000D, "us-ascii"u8.ToArray()), Tlv(0x000C, "have a look"u8.ToArray())]
            : [Tlv(0x000A, U16(terms.RequestNumber))];

        // Its proxied proposals have no 0003, so that servers add no 0004.
        byte[][] where = terms.Proxy is { } proxy
            ? [Address(0x0002, proxy), Port(terms.Port), Tlv(0x0010)]
            : [Address(0x0003, terms.Own), Port(terms.Port)];
        return [.. head, .. where, terms.IsFirst ? FileData(terms) : []];
    }

    public override byte[] Outer(byte[] block) => Tlv(0x0005, block);

    /// <summary>0003, "the LAN", then 0004, "the Internet".</summary>
    public override IReadOnlyList<AddressTry> Addresses(RendezvousMessage proposal, Ipv4Address external)
    {
        var tries = new List<AddressTry>();
        if (proposal.Internal is { } own)
        {
            tries.Add(new(own, ConnectedBy.Internal0003, LanTimeout));
        }

        if (proposal.Verified is { } verified && verified != proposal.Internal)
        {
            tries.Add(new(verified, ConnectedBy.Verified0004, InternetTimeout));
        }

        return tries;
    }
}
