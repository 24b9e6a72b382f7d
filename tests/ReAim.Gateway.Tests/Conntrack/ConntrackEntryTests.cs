using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Conntrack;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Gateway.Tests.Conntrack;

internal sealed class ConntrackEntryTests
{
    private static readonly FlowKey s_flow = new(
        new Ipv4Endpoint(new Ipv4Address(0xC0A8070A), 40_386), new Ipv4Endpoint(new Ipv4Address(0xC6336405), 5190));

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
    public void An_entry_that_is_cut_or_changed_anywhere_never_throws()
    {
        byte[] entry = Entry(0);
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

    private static byte[] Entry(uint status)
    {
        var publicEnd = new Ipv4Endpoint(new Ipv4Address(0xCB007101), 40_386);
        var writer = new NetlinkWriter(new byte[512]);
        new ConntrackTuple(s_flow.Lan, s_flow.Remote).Write(ref writer, 1);
        new ConntrackTuple(s_flow.Remote, publicEnd).Write(ref writer, 2);
        writer.BigEndian(3, status);
        return writer.Written.ToArray();
    }
}
