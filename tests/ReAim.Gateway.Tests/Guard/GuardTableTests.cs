using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Guard;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;
using Conversation = ReAim.Gateway.Tests.Rules.Conversation;

namespace ReAim.Gateway.Tests.Guard;

/// <summary>The guard's table in the kernel: what it stops, and who may change it.</summary>
[RequiresRoot]
internal sealed class GuardTableTests
{
    private const string List = "list";

    private static readonly FlowKey s_flow = new(End("192.168.7.10", 40_000), End("203.0.113.99", 6_667));

    [Test]
    public void A_segment_of_a_guarded_connection_passes_only_with_its_verdict_in_either_direction()
    {
        using var gateway = new SmallGateway();
        using GuardTable table = Open(gateway);
        using Conversation talk = Conversation.Open(gateway.Lan, gateway.Wan, "203.0.113.99", 6_667, 6_667)!;
        using Conversation other = Conversation.Open(gateway.Lan, gateway.Wan, "203.0.113.99", 6_668, 6_668)!;
        talk.Talk(2);
        FlowKey flow = new(End("192.168.7.10", talk.ClientPort), End("203.0.113.99", 6_667));
        Assert.That(table.Add(flow), Is.EqualTo(Errno.None));
        Assert.That(table.Add(flow), Is.EqualTo(Errno.None), "once more");
        Assert.That((talk.Arrives(fromClient: true, 0.5), talk.Arrives(fromClient: false, 0.5), other.Arrives(fromClient: true)), Is.EqualTo((false, false, true)));
        Assert.That(gateway.Ruleset, Does.Contain("@guarded meta mark & 0x08000000 == 0x00000000 counter drop"));
        gateway.Nft("table ip verdicts { chain c { type filter hook forward priority mangle + 1; meta mark set meta mark | 0x08000000; }; }");
        Assert.That((talk.Arrives(fromClient: true), talk.Arrives(fromClient: false)), Is.EqualTo((true, true)));
        gateway.Nft("delete table ip verdicts");
        Assert.That(table.Remove(flow), Is.EqualTo(Errno.None));
        Assert.That(talk.Arrives(fromClient: true));
    }

    [Test]
    public void Nobody_else_changes_it_and_it_stays_when_all_rules_are_flushed()
    {
        using var gateway = new SmallGateway();
        using (GuardTable table = Open(gateway))
        {
            Assert.That(table.Add(s_flow), Is.EqualTo(Errno.None));
            gateway.Nft("flush ruleset");
            foreach (string change in (string[])[$"delete table ip {GuardTable.Name}", $"flush set ip {GuardTable.Name} guarded", $"flush chain ip {GuardTable.Name} guard"])
            {
                Assert.That(() => gateway.Nft(change), Throws.InstanceOf<InvalidOperationException>().With.Message.Contains("not permitted"));
            }

            Assert.That(Read(gateway, table), Has.Count.EqualTo(2).And.Contains(s_flow));
        }

        Assert.That(gateway.Box.Exec("nft", List, "tables"), Does.Not.Contain(GuardTable.Name), "it goes in order");
    }

    [Test]
    public void Another_owner_takes_over_what_a_killed_one_left()
    {
        Kernel.Require(new Version(6, 9), "nftables tables that outlive a killed owner");
        using var gateway = new SmallGateway();
        gateway.In(() =>
        {
            _ = NetlinkSocket.TryOpen(NetlinkProtocol.Netfilter, groups: 0, out NetlinkSocket? owner);
            using (owner)
            {
                _ = GuardTable.TryMake(owner!, MarkLayout.Default, out GuardTable? killed);
                Assert.That((killed!.Persists, killed.Add(s_flow)), Is.EqualTo((true, Errno.None)));
            }
        });
        Assert.That(gateway.In(GuardTable.Exists));
        string rules = gateway.Ruleset;
        using (GuardTable table = Open(gateway))
        {
            Assert.That(Read(gateway, table), Has.Count.EqualTo(2).And.Contains(s_flow));
            Assert.That(gateway.Ruleset.Split(" drop").Length, Is.EqualTo(rules.Split(" drop").Length), "one rule");
            Assert.That(() => gateway.Nft($"delete table ip {GuardTable.Name}"), Throws.InstanceOf<InvalidOperationException>());
            Assert.That(table.Remove(s_flow), Is.EqualTo(Errno.None));
        }

        Assert.That(gateway.In(GuardTable.Exists), Is.False);
    }

    [Test]
    public void To_find_out_whether_it_can_be_had_makes_nothing()
    {
        using var gateway = new SmallGateway();
        string before = gateway.Ruleset;
        Assert.That(gateway.In(() => GuardTable.IsSupported(MarkLayout.Default)));
        Assert.That(gateway.Ruleset, Is.EqualTo(before));
    }

    private static GuardTable Open(SmallGateway gateway)
    {
        (Errno error, GuardTable? table) = gateway.In(() => (GuardTable.TryOpen(MarkLayout.Default, out GuardTable? opened), opened));
        Assert.That(error, Is.EqualTo(Errno.None));
        return table!;
    }

    private static List<FlowKey> Read(SmallGateway gateway, GuardTable table)
    {
        var flows = new List<FlowKey>();
        Assert.That(gateway.In(() => table.TryRead(flows)), Is.EqualTo(Errno.None));
        return flows;
    }

    private static Ipv4Endpoint End(string address, ushort port) =>
        new(Ipv4Address.TryParse(address, out Ipv4Address read) ? read : throw new ArgumentException(address), port);
}
