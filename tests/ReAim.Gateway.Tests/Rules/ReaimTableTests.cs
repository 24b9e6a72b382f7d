using ReAim.Alg.Wire;
using ReAim.Capture;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;

namespace ReAim.Gateway.Tests.Rules;

internal sealed class ReaimTableTests
{
    private static readonly GatewayOptions s_options = new() { Lan = ["lan0"], Wan = ["wan0"] };

    [Test]
    public void Where_peers_are_relayed_packets_are_queued_and_nothing_is_translated()
    {
        string text = ReaimTable.Text(s_options with { Translator = TranslatorKind.Relay }, QueueFlavour.Nft);
        Assert.That(text, Does.Contain("chain select").And.Contain("chain divert").And.Contain("chain save").And.Contain("set servers"));
        Assert.That(text, Does.Not.Contain("mappings").And.Not.Contain("dnat").And.Not.Contain("masquerade"));
    }

    [Test]
    public void The_nft_flavour_is_this_text() => Assert.That(ReaimTable.Text(s_options, QueueFlavour.Nft), Is.EqualTo(
        """
        table ip reaim
        delete table ip reaim
        table ip reaim {
          counter watched { }
          counter forged { }
          counter queued { }
          set servers { type ipv4_addr . inet_service; flags dynamic, timeout; size 4096; }
          set lan_nets { type ipv4_addr; flags interval; auto-merge; elements = { 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16, 198.18.0.0/15 }; }
          counter connects { }
          counter flooded { }
          set public_ends { type ipv4_addr . inet_service; flags timeout; size 1024; }
          map mappings { type ipv4_addr . inet_service : ipv4_addr . inet_service; flags timeout; size 1024; }
          set inside_told { type ipv4_addr . inet_service; flags timeout; size 1024; }
          chain mapped {
            type nat hook prerouting priority dstnat + 1; policy accept;
            iifname "lan0" ip protocol tcp fib daddr type local ip daddr . tcp dport @inside_told return
            ip protocol tcp fib daddr type local ip daddr . tcp dport @public_ends counter name "connects" ct mark set ct mark & 0xf8ffffff | 0x06000000 dnat ip to ip daddr . tcp dport map @mappings
          }
          chain mapped_here {
            type nat hook output priority -99; policy accept;
            ip protocol tcp fib daddr type local ip daddr . tcp dport @inside_told return
            ip protocol tcp fib daddr type local ip daddr . tcp dport @public_ends counter name "connects" dnat ip to ip daddr . tcp dport map @mappings
          }
          chain hairpin {
            type nat hook postrouting priority srcnat - 1; policy accept;
            iifname "lan0" oifname "lan0" ct status dnat ct mark & 0x07000000 == 0x06000000 masquerade
          }
          chain watch {
            ip saddr != @lan_nets counter name "forged" return
            fib saddr . iif oif missing counter name "forged" return
            counter name "watched" ct mark set ct mark & 0xf8ffffff | 0x04000000
          }
          chain known {
            ct mark & 0x07000000 != 0x06000000 return
            ct state new tcp flags & (fin | syn | rst | ack) != syn limit rate over 2000/second burst 2000 packets counter name "flooded" drop
            tcp flags & syn != 0 limit rate over 2000/second burst 2000 packets counter name "flooded" meta mark set meta mark & 0xf0ffffff | 0x08000000
          }
          chain select {
            type filter hook forward priority mangle - 1; policy accept;
            ip protocol != tcp return
            ct status expected ct mark set ct mark & 0xf8ffffff return
            ct mark & 0x07000000 != 0 goto known
            iifname "lan0" oifname "wan0" tcp dport 5190 ct state { new, established } goto watch
            iifname "lan0" oifname "wan0" ip daddr . tcp dport @servers ct state { new, established } update @servers { ip daddr . tcp dport timeout 12h } goto watch
          }
          chain divert {
            type filter hook forward priority mangle + 1; policy accept;
            ct mark & 0x04000000 == 0 return
            meta mark & 0x08000000 != 0 return
            ip protocol != tcp return
            ct state != { new, established } return
            ct mark & 0x07000000 == 0x07000000 meta mark set meta mark & 0xf0ffffff | 0x07000000 queue to 5191
            ct mark & 0x07000000 == 0x06000000 meta mark set meta mark & 0xf0ffffff | 0x06000000 queue to 5191
            ct mark & 0x07000000 == 0x04000000 meta mark set meta mark & 0xf0ffffff | 0x04000000
            ct mark & 0x07000000 == 0x05000000 meta mark set meta mark & 0xf0ffffff | 0x05000000
            queue flags bypass to 5190
          }
          chain save {
            type filter hook forward priority mangle + 3; policy accept;
            ct mark & 0x04000000 == 0 meta mark & 0x0f000000 == 0 return
            ct mark & 0x07000000 == 0 return
            meta mark & 0x0f000000 == 0 return
            meta mark & 0x08000000 != 0 counter name "queued"
            meta mark & 0x0f000000 == 0x0a000000 reject with tcp reset
            meta mark & 0x0f000000 == 0x09000000 ct mark set ct mark & 0xf8ffffff | 0x01000000
            meta mark & 0x0f000000 == 0x0c000000 ct mark set ct mark & 0xf8ffffff | 0x04000000
            meta mark & 0x0f000000 == 0x0d000000 ct mark set ct mark & 0xf8ffffff | 0x05000000
            meta mark & 0x0f000000 == 0x0f000000 ct mark set ct mark & 0xf8ffffff | 0x07000000
            meta mark & 0x0f000000 == 0x0e000000 ct mark set ct mark & 0xf8ffffff | 0x06000000
            meta mark set meta mark & 0xf0ffffff
          }
        }

        """));

    [Test]
    public void The_iptables_flavour_is_the_same_without_the_chain_that_queues()
    {
        string nft = ReaimTable.Text(s_options, QueueFlavour.Nft);
        int divert = nft.IndexOf("  chain divert", StringComparison.Ordinal), save = nft.IndexOf("  chain save", StringComparison.Ordinal);
        Assert.That(ReaimTable.Text(s_options, QueueFlavour.Iptables), Is.EqualTo(nft.Remove(divert, save - divert)));
    }

    [Test]
    public void Several_interfaces_ports_and_trusted_servers_stand_in_every_rule_they_concern()
    {
        string text = ReaimTable.Text(
            s_options with
            {
                Lan = ["lan0", "lan1"],
                Wan = ["ppp0", "wwan0"],
                Ports = [5190, 443],
                LanNets = [Ipv4Network.Parse("203.0.113.128/25"), Ipv4Network.Parse("192.168.0.0/16")],
                Servers = [Ipv4Network.Parse("198.51.100.0/24"), new Ipv4Network(new Ipv4Address(0xCB007107), 32)],
            },
            QueueFlavour.Nft);
        Assert.Multiple(() =>
        {
            Assert.That(text, Does.Contain("set trusted { type ipv4_addr; flags interval; auto-merge; elements = { 198.51.100.0/24, 203.0.113.7 }; }"));
            Assert.That(text, Does.Contain(
                """iifname { "lan0", "lan1" } oifname { "ppp0", "wwan0" } ip daddr @trusted tcp dport { 443, 5190 } ct state { new, established } goto watch"""));
            Assert.That(text, Does.Contain("""iifname { "lan0", "lan1" } oifname { "ppp0", "wwan0" } ip daddr . tcp dport @servers"""));
            Assert.That(text, Does.Contain("192.168.0.0/16, 198.18.0.0/15, 203.0.113.128/25 }; }"));
            Assert.That(text, Does.Contain("""iifname { "lan0", "lan1" } oifname { "lan0", "lan1" } ct status dnat"""));
        });
    }

    [Test]
    public void With_any_port_new_connections_only_are_watched() =>
        Assert.That(
            ReaimTable.Text(s_options with { Ports = [] }, QueueFlavour.Nft),
            Does.Contain("""iifname "lan0" oifname "wan0" ct state new goto watch""").And.Not.Contain("tcp dport 5190"));

    [Test]
    public void A_listener_has_mappings_and_touches_no_packet_else()
    {
        string text = ReaimTable.Text(s_options with { ListensOnly = true }, QueueFlavour.Nft);
        Assert.That(text, Does.Contain("chain mapped").And.Contain("chain hairpin")
            .And.Contain("@inside_told drop").And.Not.Contain("chain select").And.Not.Contain("queue").And.Not.Contain("meta mark"));
    }

    [Test]
    public void A_dry_run_sees_packets_and_opens_nothing()
    {
        string text = ReaimTable.Text(s_options with { DryRun = true }, QueueFlavour.Nft);
        Assert.That(text, Does.Contain("chain select").And.Contain("queue flags bypass").And.Contain("chain save")
            .And.Not.Contain("nat hook").And.Not.Contain("mappings"));
    }

    [Test]
    public void Other_mark_bits_are_used_throughout()
    {
        string text = ReaimTable.Text(s_options with { Marks = MarkLayout.Parse("0x000000F0") }, QueueFlavour.Nft);
        Assert.That(text, Does.Contain("ct mark set ct mark & 0xffffff8f | 0x00000060").And.Contain("meta mark set meta mark & 0xffffff0f")
            .And.Not.Contain("0x0f000000").And.Not.Contain("0x07000000"));
    }

    [TestCase("eth0\" accept; #")]
    [TestCase("lan 0")]
    [TestCase("lan/0")]
    [TestCase("lan*")]
    [TestCase("")]
    [TestCase("a-name-too-long0")]
    [TestCase("lan0\n")]
    [TestCase("-lan")]
    public void A_name_that_could_end_its_quotes_never_gets_into_a_rule(string name) =>
        Assert.That(() => ReaimTable.Text(s_options with { Lan = [name] }, QueueFlavour.Nft), Throws.TypeOf<BadInputException>());

    [TestCase("br-lan.100")]
    [TestCase("enp3s0f1np1_v0")]
    [TestCase("ppp0@x")]
    public void Usual_names_are_taken_as_they_are(string name) =>
        Assert.That(ReaimTable.Text(s_options with { Lan = [name] }, QueueFlavour.Nft), Does.Contain($"iifname \"{name}\""));
}
