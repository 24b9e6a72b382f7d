using System.Text.Json;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Oscar.Styles;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>Clients that were not recorded write as the test vectors say, which follow their sources.</summary>
[TestFixture]
internal sealed class StyleTests
{
    private static readonly Dictionary<string, string> Vectors = JsonDocument.Parse(File.ReadAllText(Path.Combine(RecordedStream.Folder, "..", "tests", "vectors.json")))
        .RootElement.GetProperty("vectors").EnumerateArray()
        .ToDictionary(vector => vector.GetProperty("name").GetString()![..3], vector => vector.GetProperty("before_hex").GetString()!);

    private static IEnumerable<TestCaseData> Written()
    {
        yield return new TestCaseData(new Libpurple(), "V01");
        yield return new TestCaseData(new Libpurple(), "V12");
        yield return new TestCaseData(new Kopete(), "V06");
        yield return new TestCaseData(new Kopete(), "V13");
        yield return new TestCaseData(new MirandaAim(), "V07");
        yield return new TestCaseData(new MirandaIcq(), "V09");
        yield return new TestCaseData(new MirandaIcq(), "V11");
    }

    [TestCaseSource(nameof(Written))]
    public void Proposals_have_the_TLVs_of_the_vectors_in_their_order(object style, string vector)
    {
        Icbm message = Icbm.Parse(Snac.Parse(Convert.FromHexString(Vectors[vector])[6..])!.Data)!;
        TlvList outer = TlvList.Parse(message.Rest);
        RendezvousMessage seen = RendezvousMessage.Parse(outer.First(0x0005))!;
        var client = (ClientStyle)style;
        var terms = new ProposalTerms
        {
            Capability = seen.Capability,
            RequestNumber = seen.RequestNumber,
            Own = seen.Internal ?? default,
            External = seen.UsesProxy ? default : seen.Rendezvous ?? default,
            Port = seen.Port,
            Proxy = seen.UsesProxy ? seen.Rendezvous : null,
            FileName = seen.FileName,
            FileSize = seen.FileSize,
        };
        var written = TlvList.Parse(Join(client.Proposal(terms)));
        Assert.That(written.Types, Is.EqualTo(seen.Tlvs.Types));
        if (!seen.UsesProxy)
        {
            Assert.That(TlvList.Parse(client.Outer([])).Types, Is.EqualTo(outer.Types));
        }

        // What people read is their own; the rest is equal.
        Assert.That(Values(written), Is.EqualTo(Values(seen.Tlvs)));
    }

    private static IEnumerable<TestCaseData> Orders()
    {
        yield return new TestCaseData(new MirandaAim(), 2, false, "000A 0002 0016 0005 0017 0003 0014");
        yield return new TestCaseData(new MirandaAim(), 3, true, "000A 0002 0016 0005 0017 0010 0014");
        yield return new TestCaseData(new MirandaIcq(), 2, false, "000A 0014 0002 0016 0003 0005 0017");
        yield return new TestCaseData(new MirandaIcq(), 3, true, "000A 0014 0002 0016 0005 0017 0010");
        yield return new TestCaseData(new MirandaIcq(), 1, true, "000A 000F 000D 000C 0002 0016 0003 0005 0017 0010");
        yield return new TestCaseData(new Joscar(), 1, false, "000A 000F 000E 000D 000C 0003 0005");
        yield return new TestCaseData(new Joscar(), 2, false, "000A 0003 0005");
        yield return new TestCaseData(new Joscar(), 3, true, "000A 0002 0005 0010");
    }

    [TestCaseSource(nameof(Orders))]
    public void Proposals_without_a_file_have_the_order_of_their_client(object style, int request, bool proxied, string order)
    {
        var terms = new ProposalTerms
        {
            Capability = DirectIm,
            RequestNumber = (ushort)request,
            Own = OscarWorld.Parse("192.168.7.10"),
            Port = 5190,
            Proxy = proxied ? OscarWorld.Parse("198.51.100.6") : null,
        };
        Assert.That(TlvList.Parse(Join(((ClientStyle)style).Proposal(terms))).Types.Select(type => type.ToString("X4", null)), Is.EqualTo(order.Split(' ')));
    }

    [Test]
    public void A_cookie_of_libpurple_is_seven_digits_and_a_zero()
    {
        byte[] cookie = U64(new Libpurple().Cookie(new Net.Dice(3)));
        Assert.That(cookie[..7], Has.All.InRange((byte)'0', (byte)'9'));
        Assert.That(cookie[7], Is.Zero);
    }

    [Test]
    public void Miranda_takes_0003_where_0004_is_its_own_public_address()
    {
        Ipv4Address gateway = OscarWorld.Parse("203.0.113.7");
        Ipv4Address own = OscarWorld.Parse("192.168.7.10");
        var tlvs = TlvList.Parse(Join(Address(0x0003, own), Port(5190), Address(0x0004, gateway)));
        var proposal = new RendezvousMessage(0, 1, SendFile, tlvs);
        foreach (ClientStyle style in (ClientStyle[])[new MirandaAim(), new MirandaIcq()])
        {
            Assert.That(style.Addresses(proposal, gateway).Select(next => next.Address), Is.EqualTo(new[] { own }));
            Assert.That(style.Addresses(proposal, default).Select(next => next.Address).First(), Is.EqualTo(gateway));
        }
    }

    private static string[] Values(TlvList list) =>
        [.. list.Items.Where(tlv => tlv.Type is not (0x000C or 0x000D or 0x000E or 0x2712 or 0x0014)).Select(tlv => $"{tlv.Type:X4} {Convert.ToHexString(tlv.Value)}")];
}
