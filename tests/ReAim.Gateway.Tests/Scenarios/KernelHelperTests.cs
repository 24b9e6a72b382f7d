using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>IRC connections that have the kernel's own helper (nf_conntrack_irc), which rewrites offers and expects peers as we do.</summary>
[RequiresRoot]
internal sealed class KernelHelperTests
{
    private const int Files = 9;
    private const string ByNftables =
        """
        table ip helpers {
          ct helper chat { type "irc" protocol tcp; }
          chain give { type filter hook prerouting priority filter; iifname "lan" tcp dport 6667 ct helper set "chat"; }
        }

        """;

    [TestCase("iptables")]
    [TestCase("nft")]
    public void Whoever_gave_it_the_connection_is_left_to_it_and_every_file_arrives(string by)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Give(lab.Gateway, by);
        using var tool = GatewayTool.Start(lab.Gateway, "--protocol", "oscar,irc");
        var talk = new Talk(lab, TalkProtocol.Irc);
        for (ushort port = 5_000; port < 5_000 + Files; port++)
        {
            talk.AssertFileArrives(port, 10_000);
        }

        talk.AssertAllHeard();
        Assert.That(tool.Log.Count(line => line.Contains("the kernel's own helper 'irc'", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(lab.Gateway.Mappings(), Is.Empty, "our own mappings");
    }

    private static void Give(HomeGateway gateway, string by)
    {
        (int code, _, string error) = by == "nft"
            ? Shell.TryRun("ip", ByNftables, "netns", "exec", gateway.Namespace.Name, "nft", "-f", "-")
            : gateway.Namespace.TryExec("iptables", "-t", "raw", "-A", "PREROUTING", "-i", "lan", "-p", "tcp", "--dport", "6667", "-j", "CT", "--helper", "irc");
        if (code != 0)
        {
            Assert.Ignore($"NOT TESTED: this kernel has no helper for IRC, or {by} cannot give it: {error.Trim()}");
        }
    }
}
