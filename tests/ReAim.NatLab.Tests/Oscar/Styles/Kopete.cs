using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar.Styles;

/// <summary>Kopete's OSCAR library. "Use the proxy" stands after the port. It has no Direct IM.</summary>
internal sealed class Kopete : ClientStyle
{
    private const long ConnectTimeout = 10 * Simulation.Second;

    public override string Name => "Kopete";

    public override bool HasDirectIm => false;

    public override (ushort First, ushort Last)? ListenPorts => (5190, 5199);

    public override bool DeclinesFileByError => true;

    public override byte[][] Cancel => [];

    public override byte[][] Proposal(ProposalTerms terms)
    {
        byte[][] where = [Tlv(0x000A, U16(terms.RequestNumber)), Tlv(0x000F), Address(0x0003, terms.Own), Port(terms.Port), Complement(0x0017, terms.Port)];
        byte[][] proxied = terms.Proxy is { } proxy ? [Tlv(0x0010), Address(0x0002, proxy), Complement(0x0016, proxy)] : [];
        return [.. where, .. proxied, FileData(terms), terms.FileName is null ? [] : Tlv(0x2712, "us-ascii"u8.ToArray())];
    }

    public override byte[] Outer(byte[] block) => Join(Tlv(0x0005, block), Tlv(0x0003));

    /// <summary>0003, then 0004 if it is another one; 0.0.0.0 means: try something else.</summary>
    public override IReadOnlyList<AddressTry> Addresses(RendezvousMessage proposal, Ipv4Address external)
    {
        var tries = new List<AddressTry>();
        if (proposal.Internal is { } own)
        {
            if (own.IsZero)
            {
                return tries;
            }

            tries.Add(new(own, ConnectedBy.Internal0003, ConnectTimeout));
        }

        if (proposal.Verified is { } verified && verified != proposal.Internal)
        {
            tries.Add(new(verified, ConnectedBy.Verified0004, ConnectTimeout));
        }

        return tries;
    }
}
