using System.Globalization;
using System.Text.RegularExpressions;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Rules;

/// <summary>Real packets through the chains, beside marks of an administrator: 0x23 on connections, 0x2300 on packets.</summary>
[RequiresRoot]
internal sealed partial class MarksTests : SmallGatewayTests
{
    private const string Administrator =
        """
        table ip admin {
          counter whole { }
          counter changed { }
          chain before { type filter hook prerouting priority mangle; meta mark set 0x2300; ct mark set ct mark & 0xffffff00 | 0x23; }
          chain after { type filter hook postrouting priority mangle
            meta mark 0x2300 counter name whole return
            counter name changed
          }
        }

        """;

    [SetUp]
    public void Make()
    {
        Gateway.Nft(Administrator);
    }

    [TestCase(QueueFlavour.Nft)]
    [TestCase(QueueFlavour.Iptables)]
    public void Without_a_worker_packets_go_on_and_foreign_bits_are_whole(QueueFlavour flavour)
    {
        Flavours.Require(flavour, Gateway.Box);
        Install(flavour, "queue flags bypass to 5190");
        Assert.That(ConnectionMark(), Is.EqualTo(0x0400_0023));
        Assert.That(Queued, Is.Zero);
    }

    [TestCase(0x0C00_0000u, 0x0400_0023u)]
    [TestCase(0x0D00_0000u, 0x0500_0023u)]
    [TestCase(0x0E00_0000u, 0x0600_0023u)]
    [TestCase(0x0900_0000u, 0x0100_0023u)]
    [TestCase(0x0800_0000u, 0x0400_0023u)]
    public void What_a_verdict_says_is_kept_in_the_connection_beside_foreign_bits(uint verdict, uint kept)
    {
        Install(QueueFlavour.Iptables);
        Gateway.Box.Exec("iptables", "-t", "mangle", "-R", "REAIM", "9", "-j", "MARK", "--set-xmark", $"0x{verdict:x}/0xf000000");
        Assert.That(ConnectionMark(), Is.EqualTo(kept));
        Assert.That(Queued, Is.GreaterThan(0));
    }

    [TestCase(0x0C00_0000u, 0x0400_0023u)]
    [TestCase(0x0900_0000u, 0x0100_0023u)]
    public void The_nft_flavour_keeps_the_same(uint verdict, uint kept)
    {
        // The kernel may lack the statement that queues: what comes back from the queue is a packet with the verdict's mark.
        Install(QueueFlavour.Nft, $"meta mark set meta mark & 0xf0ffffff | 0x{verdict:x}");
        Assert.That(ConnectionMark(), Is.EqualTo(kept));
    }

    [Test]
    public void Rules_that_set_the_whole_mark_in_mangle_stand_before_the_nft_flavours_queue_and_take_no_verdict()
    {
        Gateway.Box.Exec("iptables", "-t", "mangle", "-A", "FORWARD", "-j", "MARK", "--set-mark", "1");
        Gateway.Nft("table ip mine { chain c { type filter hook forward priority mangle; meta mark set 1; }; }\n");
        Install(QueueFlavour.Nft, "meta mark set meta mark & 0xf0ffffff | 0x0d000000");
        using Conversation conversation = Conversation.Open(Gateway.Lan, Gateway.Wan, "203.0.113.99", 5190, 5190)!;
        conversation.Talk(2);
        Assert.That(MarkOf(5190), Is.EqualTo(0x0500_0023));
    }

    [Test]
    public void The_nft_flavour_without_a_worker_leaves_foreign_bits_whole()
    {
        Install(QueueFlavour.Nft, "counter");
        Assert.That(ConnectionMark(), Is.EqualTo(0x0400_0023));
    }

    [TestCase(QueueFlavour.Nft)]
    [TestCase(QueueFlavour.Iptables)]
    public void A_connection_that_is_done_never_reaches_the_queue_again(QueueFlavour flavour)
    {
        const uint Verdict = 0x0900_0000;
        Install(flavour, $"meta mark set meta mark & 0xf0ffffff | 0x{Verdict:x}");
        if (flavour == QueueFlavour.Iptables)
        {
            Gateway.Box.Exec("iptables", "-t", "mangle", "-R", "REAIM", "9", "-j", "MARK", "--set-xmark", $"0x{Verdict:x}/0xf000000");
        }

        ConnectionMark();
        Assert.That(Queued, Is.EqualTo(1));
    }

    [Test]
    public void A_connection_to_another_port_is_not_marked_until_its_server_is_learnt()
    {
        Install(QueueFlavour.Iptables);
        Assert.That(ConnectionMark(443), Is.EqualTo(0x23));
        Gateway.Box.Exec("nft", "add", "element", "ip", "reaim", "servers", "{ 203.0.113.99 . 443 timeout 60s, 203.0.113.98 . 443 timeout 60s }");
        Assert.That(ConnectionMark(443), Is.EqualTo(0x0400_0023));
        string servers = Gateway.Box.Exec("nft", "list", "set", "ip", "reaim", "servers");
        Assert.That(servers, Does.Match(@"203\.0\.113\.99 \. 443 [^,}]*expires 11h59m").And.Match(@"203\.0\.113\.98 \. 443 [^,}]*expires [1-5]?[0-9]s"), "what is used stays");
    }

    [Test]
    public void A_connection_from_before_is_watched_too()
    {
        using Conversation before = Conversation.Open(Gateway.Lan, Gateway.Wan, "203.0.113.99", 5190, 5190)!;
        before.Talk(1);
        Install(QueueFlavour.Iptables);
        before.Talk(1);
        Assert.That(MarkOf(5190), Is.EqualTo(0x0400_0023));
    }

    [Test]
    public void Foreign_bits_that_look_like_ours_stay_on_packets_of_other_connections()
    {
        Install(QueueFlavour.Iptables);
        Gateway.Nft(
            """
            table ip admin {
              counter ours { }
              chain mine { type filter hook prerouting priority mangle + 1; tcp dport 443 meta mark set 0x0a000000; }
              chain seen { type filter hook postrouting priority mangle + 1; meta mark 0x0a000000 counter name ours; }
            }

            """);
        using Conversation conversation = Conversation.Open(Gateway.Lan, Gateway.Wan, "203.0.113.99", 443, 443)!;
        conversation.Talk(2);
        Assert.That(Counter("admin", "ours"), Is.GreaterThanOrEqualTo(4));
    }

    [TestCase(QueueFlavour.Nft)]
    [TestCase(QueueFlavour.Iptables)]
    public void What_a_helper_of_the_kernels_expected_has_no_mark_of_ours(QueueFlavour flavour)
    {
        Flavours.Require(flavour, Gateway.Box);
        Install(flavour, "queue flags bypass to 5190");
        if (Gateway.Box.TryExec("iptables", "-t", "raw", "-A", "PREROUTING", "-p", "tcp", "--dport", "5190", "-j", "CT", "--helper", "irc").Code != 0)
        {
            Assert.Ignore("NOT TESTED: this kernel has no helper for IRC (nf_conntrack_irc).");
        }

        Gateway.Nft("table ip watch { counter expected { }; chain c { type filter hook postrouting priority 0; ip protocol tcp ct status expected counter name expected; }; }\n");
        using Conversation offering = Conversation.Open(Gateway.Lan, Gateway.Wan, "203.0.113.99", 5190, 5190)!;
        offering.Say("PRIVMSG bob :\u0001DCC SEND f 3232237322 5000 10\u0001\r\n"u8);
        using Conversation expected = Conversation.Open(Gateway.Wan, Gateway.Lan, "192.168.7.10", 5000, 5000)!;
        expected.Talk(2);
        Assert.That(Counter("watch", "expected"), Is.Positive);
        Assert.That((MarkOf(5190), MarkOf(5000)), Is.EqualTo((0x0400_0023u, 0x23u)));
    }

    private long Queued => Counter("reaim", "queued");

    private void Install(QueueFlavour flavour, string insteadOfQueue = "counter")
    {
        string text = ReaimTable.Text(SmallGateway.Options, flavour);
        Gateway.Nft(text.Replace("queue flags bypass to 5190", insteadOfQueue, StringComparison.Ordinal).Replace("queue to 5191", "drop", StringComparison.Ordinal));
        if (flavour == QueueFlavour.Iptables)
        {
            Gateway.Box.ExecWithInput(
                "iptables-restore", IptablesChain.Installation(MarkLayout.Default, 5190, IptablesMangle.Parse("")), "--noflush");
        }
    }

    /// <summary>The mark of a connection after some packets, each of which must have left with the administrator's mark.</summary>
    private uint ConnectionMark(int port = 5190)
    {
        using Conversation conversation = Conversation.Open(Gateway.Lan, Gateway.Wan, "203.0.113.99", port, port)!;
        conversation.Talk(3);
        Assert.That(Counter("admin", "changed"), Is.Zero);
        Assert.That(Counter("admin", "whole"), Is.GreaterThanOrEqualTo(8));
        return MarkOf(port);
    }

    private uint MarkOf(int port)
    {
        string line = Gateway.Box.Exec("cat", "/proc/net/nf_conntrack").Split('\n')
            .Last(text => text.Contains($"dport={port} ", StringComparison.Ordinal) && text.Contains("ESTABLISHED", StringComparison.Ordinal));
        return uint.Parse(MarkField().Match(line).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private long Counter(string table, string name) => long.Parse(
        PacketsField().Match(Gateway.Box.Exec("nft", "list", "counter", "ip", table, name)).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"mark=(\d+)")]
    private static partial Regex MarkField();

    [GeneratedRegex(@"packets (\d+)")]
    private static partial Regex PacketsField();
}
