using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Rules;

/// <summary>Real connects through the rules of mappings, whose elements are put there by hand.</summary>
[RequiresRoot]
internal sealed class MappingRulesTests : SmallGatewayTests
{
    [SetUp]
    public void Make()
    {
        Gateway.Nft(ReaimTable.Text(SmallGateway.Options, QueueFlavour.Iptables));
    }

    [Test]
    public void A_connect_to_a_public_end_reaches_the_LAN_host_and_its_connection_is_marked()
    {
        Map("203.0.113.1 . 61000", "192.168.7.10 . 5190");
        using Conversation? peer = Conversation.Open(Gateway.Wan, Gateway.Lan, "203.0.113.1", 61_000, 5190);
        Assert.That(peer?.PeerOfServer, Is.EqualTo("203.0.113.99"));
        peer!.Talk(1);
        Assert.That(Gateway.Box.Exec("cat", "/proc/net/nf_conntrack"), Does.Contain($"mark={0x0600_0000} "));
    }

    [Test]
    public void Without_a_mapping_nothing_comes_in() =>
        Assert.That(Conversation.Open(Gateway.Wan, Gateway.Lan, "203.0.113.1", 5190, 5190), Is.Null);

    [Test]
    public void An_address_that_the_gateway_lost_hijacks_nobody_elses_connections()
    {
        Map("203.0.113.99 . 5190", "192.168.7.10 . 5190");
        using Conversation? outward = Conversation.Open(Gateway.Lan, Gateway.Wan, "203.0.113.99", 5190, 5190);
        Assert.That(outward?.PeerOfServer, Is.EqualTo("192.168.7.10"));
    }

    [Test]
    public void The_administrators_own_translation_comes_first()
    {
        Gateway.Nft("table ip admin { chain pre { type nat hook prerouting priority dstnat; tcp dport 5190 dnat to 192.168.7.10:7; }; }");
        Map("203.0.113.1 . 5190", "192.168.7.10 . 5190");
        using Conversation? peer = Conversation.Open(Gateway.Wan, Gateway.Lan, "203.0.113.1", 5190, 7);
        Assert.That(peer, Is.Not.Null);
    }

    [Test]
    public void A_LAN_host_reaches_its_neighbour_and_itself_by_the_public_end()
    {
        Map("203.0.113.1 . 5190", "192.168.7.10 . 5190");
        using Conversation? itself = Conversation.Open(Gateway.Lan, Gateway.Lan, "203.0.113.1", 5190, 5190);
        Assert.That(itself?.PeerOfServer, Is.EqualTo("192.168.7.1"));
        itself!.Talk(1);
    }

    [Test]
    public void Where_the_peer_was_told_the_inside_end_too_the_LAN_finds_nobody_at_the_public_one_and_everybody_else_does()
    {
        Map("203.0.113.1 . 5190", "192.168.7.10 . 5190");
        Gateway.Nft("add element ip reaim inside_told { 203.0.113.1 . 5190 timeout 60s }");
        Assert.That(Conversation.Open(Gateway.Lan, Gateway.Lan, "203.0.113.1", 5190, 5190), Is.Null);
        using Conversation? peer = Conversation.Open(Gateway.Wan, Gateway.Lan, "203.0.113.1", 5190, 5190);
        Assert.That(peer, Is.Not.Null);
    }

    private void Map(string publicEnd, string lanEnd) => Gateway.Nft(
        $"add element ip reaim public_ends {{ {publicEnd} timeout 60s }}\nadd element ip reaim mappings {{ {publicEnd} timeout 60s : {lanEnd} }}\n");
}
