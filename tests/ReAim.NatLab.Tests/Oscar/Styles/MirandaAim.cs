using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar.Styles;

/// <summary>Miranda IM's AIM protocol. It writes its public address into 0002, zero if the server did not tell it.</summary>
internal sealed class MirandaAim : ClientStyle
{
    private const long ConnectTimeout = 3 * Simulation.Second;

    public override string Name => "Miranda AIM";

    public override bool WaitsForHello => true;

    public override byte[][] Cancel => [];

    public override byte[][] Proposal(ProposalTerms terms)
    {
        Ipv4Address rendezvous = terms.Proxy ?? terms.External;
        byte[][] where =
        [
            Tlv(0x000A, U16(terms.RequestNumber)),
            Address(0x0002, rendezvous),
            Complement(0x0016, rendezvous),
            Port(terms.Port),
            Complement(0x0017, terms.Port),
            terms.Proxy is null ? Address(0x0003, terms.Own) : Tlv(0x0010),
        ];
        return terms.IsFirst
            ? [.. where, Tlv(0x000E, "en"u8.ToArray()), Tlv(0x000D, "us-ascii"u8.ToArray()), Tlv(0x000C, "here you are"u8.ToArray()), Tlv(0x000F), FileData(terms), terms.FileName is null ? [] : Tlv(0x2712, "us-ascii"u8.ToArray())]
            : [.. where, Tlv(0x0014, U16(0x000A))];
    }

    public override byte[] Outer(byte[] block) => Join(Tlv(0x0005, block), Tlv(0x0003));

    /// <summary>One try: 0004, but 0003 where 0004 is its own public address.</summary>
    public override IReadOnlyList<AddressTry> Addresses(RendezvousMessage proposal, Ipv4Address external)
    {
        return proposal.Verified is { } verified && verified != external
            ? [new(verified, ConnectedBy.Verified0004, ConnectTimeout)]
            : proposal.Internal is { } own ? [new(own, ConnectedBy.Internal0003, ConnectTimeout)] : [];
    }
}
