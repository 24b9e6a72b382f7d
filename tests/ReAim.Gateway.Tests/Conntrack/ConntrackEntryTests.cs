using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Conntrack;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Gateway.Tests.Conntrack;

internal sealed class ConntrackEntryTests
{
    private static readonly FlowKey s_flow = new(
        new Ipv4Endpoint(new Ipv4Address(0xC0A8070A), 40_386), new Ipv4Endpoint(new Ipv4Address(0xC6336405), 5190));

    private static readonly Ipv4Endpoint s_publicEnd = new(new Ipv4Address(0xCB007101), 40_386);
    private static readonly Ipv4Endpoint s_hardWired = new(new Ipv4Address(0x400C180A), 443);
    private static readonly ConntrackTuple s_opened = new(s_flow.Lan, s_hardWired);
    private static readonly ConntrackTuple s_answered = new(s_flow.Remote, s_publicEnd);

    [TestCase(1u << 14)]
    [TestCase(1u << 15)]
    public void A_connection_that_a_flowtable_forwards_says_so(uint status)
    {
        Assert.That(ConntrackTable.TryRead(Entry(status), s_flow, out ConntrackEntry entry));
        Assert.That(entry.IsOffloaded);
        Assert.That(ConntrackTable.TryRead(Entry(status: 0x3FFF), s_flow, out entry));
        Assert.That(entry.IsOffloaded, Is.False);
    }

    [Test]
    public void Another_connections_entry_is_not_taken_for_ours()
    {
        FlowKey other = s_flow with { Remote = s_flow.Remote with { Port = 5191 } };
        Assert.That(ConntrackTable.TryRead(Entry(0), other, out _), Is.False);
    }

    [Test]
    public void A_connection_to_a_translated_server_has_the_end_that_the_server_answers_to()
    {
        byte[] bytes = Entry(s_opened, s_answered, 0x4000);
        Assert.That(ConntrackTable.TryRead(bytes, s_flow, out ConntrackEntry entry));
        Assert.That(entry, Is.EqualTo(new ConntrackEntry(s_publicEnd, s_hardWired, IsInbound: false, IsOffloaded: true, Mark: 0)));
    }

    [Test]
    public void Foreign_entries_of_a_dump_are_passed_over()
    {
        Ipv4Endpoint otherHost = s_flow.Lan with { Address = new Ipv4Address(0xC0A8070B) };
        Ipv4Endpoint otherPort = s_flow.Lan with { Port = 40_387 };
        Ipv4Endpoint otherServer = s_flow.Remote with { Address = new Ipv4Address(0xC6336406) };
        Ipv4Endpoint otherService = s_flow.Remote with { Port = 5191 };
        (ConntrackTuple, ConntrackTuple)[] foreign =
        [
            (s_opened with { Source = otherHost }, s_answered),
            (s_opened with { Source = otherPort }, s_answered),
            (s_opened, s_answered with { Source = otherServer }),
            (s_opened, s_answered with { Source = otherService }),
            (s_answered, s_opened),
        ];
        foreach ((ConntrackTuple original, ConntrackTuple reply) in foreign)
        {
            Assert.That(ConntrackTable.TryRead(Entry(original, reply, 0), s_flow, out _), Is.False, $"{original} {reply}");
        }
    }

    [TestCase(1)]
    [TestCase(17)]
    public void An_entry_of_another_protocol_is_passed_over(byte protocol)
    {
        byte[] bytes = Entry(s_opened, s_answered, 0);
        int number = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[5, 0, 1, 0, 6]) + 4;
        bytes[number] = protocol;
        Assert.That(ConntrackTable.TryRead(bytes, s_flow, out _), Is.False);
    }

    [Test]
    public void An_entry_of_another_zone_is_passed_over()
    {
        byte[] bytes = [.. Entry(s_opened, s_answered, 0), 6, 0, 18, 0, 0, 1, 0, 0];
        Assert.That(ConntrackTable.TryRead(bytes, s_flow, out _), Is.False);
    }

    [Test]
    public void A_dump_is_asked_for_by_the_sources_of_both_directions()
    {
        var writer = new NetlinkWriter(new byte[256]);
        ConntrackFilter.WriteSources(ref writer, s_flow.Lan, s_flow.Remote);
        Assert.That(Convert.ToHexString(writer.Written), Is.EqualTo(
            "34000180" + "14000180" + "08000100C0A8070A" + "0800020000000000"
            + "1C000280" + "0500010006000000" + "060002009DC20000" + "0600030000000000"
            + "34000280" + "14000180" + "08000100C6336405" + "0800020000000000"
            + "1C000280" + "0500010006000000" + "0600020014460000" + "0600030000000000"
            + "14001980" + "0800010019000000" + "0800020019000000"));
    }

    [Test]
    public void An_entry_that_is_cut_or_changed_anywhere_never_throws()
    {
        byte[] entry = Entry(s_opened, s_answered, 0);
        for (int at = 0; at < entry.Length; at++)
        {
            _ = ConntrackTable.TryRead(entry.AsSpan(0, at).ToArray(), s_flow, out _);
            for (int value = 0; value < 256; value++)
            {
                byte[] changed = [.. entry];
                changed[at] = (byte)value;
                _ = ConntrackTable.TryRead(changed, s_flow, out _);
            }
        }
    }

    private static byte[] Entry(uint status) => Entry(new ConntrackTuple(s_flow.Lan, s_flow.Remote), s_answered, status);

    private static byte[] Entry(ConntrackTuple original, ConntrackTuple reply, uint status)
    {
        var writer = new NetlinkWriter(new byte[512]);
        original.Write(ref writer, ConntrackTuple.Original);
        reply.Write(ref writer, ConntrackTuple.Reply);
        writer.BigEndian(3, status);
        return writer.Written.ToArray();
    }
}
