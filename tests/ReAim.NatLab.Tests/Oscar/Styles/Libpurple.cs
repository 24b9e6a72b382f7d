using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar.Styles;

/// <summary>libpurple 2 (Pidgin, Finch, Adium).</summary>
internal sealed class Libpurple : ClientStyle
{
    private const long ConnectTimeout = 5 * Simulation.Second;

    public override string Name => "libpurple";

    public override (ushort First, ushort Last)? ListenPorts => (5190, 5290);

    public override long? OfferTimeout => null;

    public override long? ListenTimeout => null;

    public override bool InParallel => true;

    public override long MainLoopTurn => 10 * Simulation.Millisecond;

    public override bool KeepsTheFirst => true;

    public override bool PromptHasCookie => false;

    public override bool ForgetsListenerOfDeclinedDirectIm => true;

    public override byte[][] Cancel => [Tlv(0x000B, U16(1))];

    public override byte[][] Proposal(ProposalTerms terms)
    {
        Ipv4Address address = terms.Proxy ?? terms.Own;
        byte[][] common = [Address(0x0002, address), Address(0x0003, address), Port(terms.Port), Tlv(0x000A, U16(terms.RequestNumber)), Tlv(0x000F)];
        byte[][] proxied = terms.Proxy is null ? [] : [Tlv(0x0010), Complement(0x0016, address), Complement(0x0017, terms.Port)];
        return [.. common, .. proxied, terms.IsFirst || terms.Proxy is not null ? FileData(terms) : []];
    }

    public override byte[] Outer(byte[] block) => Join(Tlv(0x0003), Tlv(0x0005, block));

    public override byte[] OuterOfAccept(byte[] block) => Tlv(0x0005, block);

    /// <summary>0004 and 0003 at the same moment, one connect if they are equal; none without 0004.</summary>
    public override IReadOnlyList<AddressTry> Addresses(RendezvousMessage proposal, Ipv4Address external)
    {
        return proposal.Verified is not { } verified
            ? []
            : proposal.Internal is { } own && own != verified
                ? [new(verified, ConnectedBy.Verified0004, ConnectTimeout), new(own, ConnectedBy.Internal0003, ConnectTimeout)]
                : [new(verified, ConnectedBy.Verified0004, ConnectTimeout)];
    }

    /// <summary>Seven digits and a zero byte.</summary>
    public override ulong Cookie(Dice dice)
    {
        ulong cookie = 0;
        for (int i = 0; i < 7; i++)
        {
            cookie = (cookie << 8) + (uint)('0' + dice.Below(10));
        }

        return cookie << 8;
    }

    public override ushort FirstSequence(Dice dice) => 1;

    public override IFlapWriter Writer(Simulation simulation) => new CircularBuffer(simulation);
}
