using ReAim.Capture.Linux;
using ReAim.Capture.Linux.Netlink;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Rules;

/// <summary>The kernel tells at once when somebody changes rules of nftables that concern ours.</summary>
internal sealed class RulesetEventsTests
{
    private const byte Inet = 1;

    [TestCase(2, Netfilter.Ipv4Family, "reaim", ExpectedResult = true, Description = "our table is deleted")]
    [TestCase(5, Netfilter.Ipv4Family, "reaim", ExpectedResult = true, Description = "a chain of it")]
    [TestCase(8, Netfilter.Ipv4Family, "mangle", ExpectedResult = true, Description = "a rule of iptables' table")]
    [TestCase(6, Netfilter.Ipv4Family, "mangle", ExpectedResult = true, Description = "one is added behind ours")]
    [TestCase(12, Netfilter.Ipv4Family, "reaim", ExpectedResult = false, Description = "an element comes")]
    [TestCase(14, Netfilter.Ipv4Family, "reaim", ExpectedResult = false, Description = "an element goes")]
    [TestCase(8, Netfilter.Ipv4Family, "filter", ExpectedResult = false, Description = "another table")]
    [TestCase(8, Inet, "reaim", ExpectedResult = false, Description = "another family")]
    public bool Only_rules_that_concern_ours_count(byte kind, byte family, string table)
    {
        var writer = new NetlinkWriter(new byte[128]);
        writer.BeginMessage(Netfilter.Type(Netfilter.Tables, kind), NetlinkFlags.None, sequence: 0);
        writer.NetfilterHeader(family, resource: 0);
        writer.Text(1, table);
        writer.EndMessage();
        Span<byte> bytes = writer.Written;
        return NetlinkMessage.TryRead(ref bytes, out NetlinkMessage message) && RulesetEvents.Concerns(message);
    }

    [Test]
    public void A_message_without_a_table_or_without_a_header_is_none_of_ours()
    {
        for (int length = 0; length <= 8; length++)
        {
            var writer = new NetlinkWriter(new byte[128]);
            writer.BeginMessage(Netfilter.Type(Netfilter.Tables, 2), NetlinkFlags.None, sequence: 0);
            writer.Raw(new byte[length]);
            writer.EndMessage();
            Span<byte> bytes = writer.Written;
            Assert.That(NetlinkMessage.TryRead(ref bytes, out NetlinkMessage message) && RulesetEvents.Concerns(message), Is.False);
        }
    }

    [Test, RequiresRoot]
    public void A_flush_is_heard_and_a_change_of_elements_or_of_others_tables_is_not()
    {
        using var gateway = new SmallGateway();
        gateway.Nft("table ip reaim { set servers { type ipv4_addr; }; chain select { return; }; }");
        int heard = 0;
        using RulesetEvents? events = gateway.In(() => RulesetEvents.TryWatch(() => Interlocked.Increment(ref heard)));
        Assert.That(events, Is.Not.Null);
        gateway.Nft("add element ip reaim servers { 198.51.100.1 }");
        gateway.Nft("table inet other { chain c { return; }; }");
        gateway.Nft("delete table inet other");
        gateway.Nft("flush set ip reaim servers");
        Assert.That(Volatile.Read(ref heard), Is.Zero);
        gateway.Nft("flush ruleset");
        Assert.That(Moment.Comes(() => Volatile.Read(ref heard) > 0, 5), "heard");
    }
}
