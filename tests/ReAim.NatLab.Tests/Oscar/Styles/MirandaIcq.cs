using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar.Styles;

/// <summary>Miranda IM's ICQ protocol, its file transfer over capability 1343. It has no Direct IM.</summary>
internal sealed class MirandaIcq : ClientStyle
{
    private const long ConnectTimeout = 8 * Simulation.Second;

    public override string Name => "Miranda ICQ";

    public override bool HasDirectIm => false;

    public override bool DeclinesFileByError => true;

    public override bool ProposesZeroWhenItCannotListen => true;

    public override byte[][] Cancel => [];

    public override byte[][] Proposal(ProposalTerms terms)
    {
        Ipv4Address rendezvous = terms.Proxy ?? terms.Own;
        byte[][] addresses = [Address(0x0002, rendezvous), Complement(0x0016, rendezvous)];
        byte[] own = Address(0x0003, terms.Own);
        return !terms.IsFirst
            ? [Tlv(0x000A, U16(terms.RequestNumber)), Tlv(0x0014, U16(0x000A)), .. addresses, terms.Proxy is null ? own : [], Port(terms.Port), Complement(0x0017, terms.Port), terms.Proxy is null ? [] : Tlv(0x0010)]
            :
            [
                Tlv(0x000A, U16(1)), Tlv(0x000F), Tlv(0x000D, "utf-8"u8.ToArray()), Tlv(0x000C, Invitation(terms)), .. addresses, own, Port(terms.Port),

                // The first proposal's check of the port stands in the MIME type's place.
                terms.Proxy is null ? Complement(0x0015, terms.Port) : Join(Complement(0x0017, terms.Port), Tlv(0x0010)),
                FileData(terms),
                terms.FileName is null ? [] : Join(Tlv(0x2712, "utf-8"u8.ToArray()), Tlv(0x2713, U64((ulong)terms.FileSize))),
            ];
    }

    public override byte[] Outer(byte[] block) => Tlv(0x0005, block);

    /// <summary>0004, then 0003; only 0003 where 0004 is its own public address.</summary>
    public override IReadOnlyList<AddressTry> Addresses(RendezvousMessage proposal, Ipv4Address external)
    {
        var tries = new List<AddressTry>();
        bool sameGateway = proposal.Verified == external && proposal.Internal is { IsZero: false };
        if (proposal.Verified is { } verified && !sameGateway)
        {
            tries.Add(new(verified, ConnectedBy.Verified0004, ConnectTimeout));
        }

        if (proposal.Internal is { } own && !tries.Exists(earlier => earlier.Address == own))
        {
            tries.Add(new(own, ConnectedBy.Internal0003, ConnectTimeout));
        }

        return tries;
    }

    private static byte[] Invitation(ProposalTerms terms) =>
        System.Text.Encoding.ASCII.GetBytes($"&lt;ICQ_COOL_FT&gt;&lt;FS&gt;{terms.FileName}&lt;/FS&gt;&lt;S&gt;{terms.FileSize}&lt;/S&gt;&lt;SID&gt;1&lt;/SID&gt;&lt;DESC&gt;&lt;/DESC&gt;&lt;/ICQ_COOL_FT&gt;");
}
