using PacketDotNet;
using ReAim.Capture.Captures;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Captures;

/// <summary>Where the datagram begins in a frame of each link layer.</summary>
[TestFixture]
internal sealed class LinkLayerTests
{
    private static readonly byte[] Datagram = SampleFlow.Datagram(SampleFlow.Frames[10].Frame);

    private static TestCaseData Case(string name, int linkType, string headerHex, bool oracle = true) =>
        new TestCaseData(linkType, Convert.FromHexString(headerHex), oracle).SetArgDisplayNames(name);

    private static IEnumerable<TestCaseData> Headers()
    {
        const string Macs = "0200000000010200000000ff";
        yield return Case("Ethernet", 1, Macs + "0800");
        yield return Case("Ethernet with a VLAN tag", 1, Macs + "81000064" + "0800");
        yield return Case("Ethernet with two VLAN tags", 1, Macs + "88a80064" + "81000005" + "0800", oracle: false);
        yield return Case("Ethernet with an old service tag", 1, Macs + "91000064" + "81000005" + "0800", oracle: false);
        yield return Case("PPPoE", 1, Macs + "8864" + "110000010040" + "0021");
        yield return Case("PPPoE in a VLAN", 1, Macs + "81000007" + "8864" + "110000010040" + "0021");
        yield return Case("PPPoE with a compressed protocol", 1, Macs + "8864" + "110000010040" + "21", oracle: false);
        yield return Case("Linux cooked v1", 113, "0000" + "0001" + "0006" + "0200000000010000" + "0800");
        yield return Case("Linux cooked v1 with a VLAN tag", 113, "0000" + "0001" + "0006" + "0200000000010000" + "8100" + "0064" + "0800", oracle: false);
        yield return Case("Linux cooked v2", 276, "0800" + "0000" + "00000003" + "0001" + "00" + "06" + "0200000000010000");
        yield return Case("raw IP", 101, "");
        yield return Case("raw IP of BSD", 12, "", oracle: false);
        yield return Case("raw IP of OpenBSD", 14, "", oracle: false);
        yield return Case("IPv4", 228, "", oracle: false);
        yield return Case("BSD null, little-endian", 0, "02000000");
        yield return Case("BSD null, big-endian", 0, "00000002", oracle: false);
        yield return Case("OpenBSD loop", 108, "00000002", oracle: false);
        yield return Case("PPPoE with address and control", 1, Macs + "8864" + "110000010040" + "ff03" + "0021", oracle: false);
        yield return Case("PPPoE without Ethernet", 51, "110000010040" + "0021", oracle: false);
        yield return Case("PPPoE without Ethernet, with a compressed protocol", 51, "110000010040" + "21", oracle: false);
        foreach (int ppp in (int[])[9, 50])
        {
            yield return Case($"PPP {ppp}", ppp, "0021", oracle: false);
            yield return Case($"PPP {ppp} with a compressed protocol", ppp, "21", oracle: false);
            yield return Case($"PPP {ppp} with address and control", ppp, "ff03" + "0021", oracle: false);
            yield return Case($"PPP {ppp} with address, control and a compressed protocol", ppp, "ff03" + "21", oracle: false);
        }

        yield return Case("PPP in Cisco's framing", 50, "0f00" + "0800", oracle: false);
        yield return Case("Cisco HDLC", 104, "0f00" + "0800", oracle: false);
        yield return Case("Cisco HDLC to all", 104, "8f00" + "0800", oracle: false);
        yield return Case("PPP of pppd, sent", 166, "0103" + "0021", oracle: false);
        yield return Case("PPP of pppd, received", 166, "0003" + "21", oracle: false);
        yield return Case("PPP with a direction", 204, "01" + "0021", oracle: false);
        yield return Case("PPP with a direction, address and control", 204, "00" + "ff03" + "21", oracle: false);
    }

    [TestCaseSource(nameof(Headers))]
    public void The_datagram_is_found_behind(int linkType, byte[] header, bool oracle)
    {
        byte[] frame = [.. header, .. Datagram];
        Assert.That(LinkLayer.IsKnown(linkType), Is.True);
        Assert.That(LinkLayer.FindIpv4(linkType, frame), Is.EqualTo(header.Length));
        if (oracle)
        {
            Assert.That(Packet.ParsePacket((LinkLayers)linkType, frame).Extract<IPv4Packet>().BytesSegment.Offset, Is.EqualTo(header.Length), "PacketDotNet");
        }

        for (int length = 0; length <= header.Length; length++)
        {
            Assert.That(LinkLayer.FindIpv4(linkType, frame.AsSpan(0, length)), Is.EqualTo(LinkLayer.None), $"only {length} bytes");
        }
    }

    [TestCase(1, "0200000000010200000000ff86dd60000000", TestName = "IPv6 is not found")]
    [TestCase(1, "0200000000010200000000ff080060000000", TestName = "A version other than four is not found")]
    [TestCase(101, "60000000", TestName = "Raw IPv6 is not found")]
    [TestCase(9, "ff03" + "0057" + "60000000", TestName = "IPv6 over PPP is not found")]
    [TestCase(9, "ff03" + "c021" + "01010004", TestName = "PPP's own control is not found")]
    [TestCase(104, "0f00" + "86dd" + "60000000", TestName = "IPv6 over Cisco HDLC is not found")]
    [TestCase(0, "1e00000060000000", TestName = "IPv6 behind BSD null is not found")]
    public void What_is_not_ipv4(int linkType, string hex) =>
        Assert.That(LinkLayer.FindIpv4(linkType, Convert.FromHexString(hex)), Is.EqualTo(LinkLayer.None));

    [TestCaseSource(nameof(Headers))]
    public void An_offer_is_rewritten_behind(int linkType, byte[] header, bool oracle)
    {
        _ = oracle;
        using var folder = new TemporaryFolder();
        var builder = new CaptureBuilder().Pcap(linkType: linkType);
        foreach ((long microseconds, byte[] frame) in SampleFlow.Frames.Where(sample => SampleFlow.IsIpv4(sample.Frame)))
        {
            builder.Packet((uint)(microseconds / 1_000_000), (uint)(microseconds % 1_000_000), [.. header, .. SampleFlow.Datagram(frame)]);
        }

        CommandRun run = CommandRun.Replay(folder.Write("in", builder.Bytes));
        Assert.That(run.Json.GetProperty("rewritten").GetInt32(), Is.EqualTo(10));
    }
}
