using System.Text.Json;
using ReAim.Capture.Commands;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

[RequiresRoot]
internal sealed class CheckCommandTests : SmallGatewayTests
{
    [SetUp]
    public void Make()
    {
        Gateway.Nft(
            """
            table inet filter { chain forward { type filter hook forward priority filter; policy drop; ct state established,related accept; iifname "lan0" accept; }; }
            table ip nat { chain postrouting { type nat hook postrouting priority srcnat; oifname "wan0" masquerade; }; }

            """);
    }

    [Test]
    public void A_usual_gateway_reads_like_this_and_stays_as_it_was()
    {
        string before = Gateway.Ruleset;
        (int code, string output, string error) = Run("check", "--lan", "lan0", "--wan", "wan0", "--flavour", "iptables");
        Assert.Multiple(() =>
        {
            Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
            Assert.That(output, Is.EqualTo(
                """
                ok       runs as root and may change the network
                ok       lan0 (--lan) is up and has 192.168.7.1
                ok       wan0 (--wan) is up and has 203.0.113.1
                ok       wan0 has a public address
                ok       IPv4 packets are forwarded
                ok       nftables takes the rules; packets are queued by iptables
                ok       what leaves by wan0 is translated
                WARNING  peers' connects are dropped by the policy of the chain inet filter forward
                         -> nft insert rule inet filter forward ct status dnat accept; or let --pinhole pass it by
                ok       no rule of others uses the mark bits 0x0f000000

                reaim run would start, with 1 warning.

                """));
            Assert.That(Gateway.Ruleset, Is.EqualTo(before));
        });
    }

    [Test]
    public void What_run_would_refuse_is_a_problem_and_the_exit_code_says_so()
    {
        (int code, string output, _) = Run("check", "--lan", "lan0", "--wan", "wan7");
        Assert.That(code, Is.EqualTo(ExitCode.BadInput));
        Assert.That(output, Does.Contain("PROBLEM  there is no network interface wan7 (--wan)\n         -> there are lan0, wan0\n")
            .And.EndWith("reaim run would refuse: 1 problem, 0 warnings.\n"));
    }

    [Test]
    public void A_program_reads_the_same()
    {
        (int code, string output, _) = Run("check", "--lan", "lan0", "--wan", "wan0", "--json");
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.That(code, Is.EqualTo(ExitCode.Success));
        Assert.That(report.RootElement.GetProperty("wouldRun").GetBoolean(), Is.True);
        Assert.That(report.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("severity").GetString()), Does.Contain("warning"));
    }

    [Test]
    public void Bad_options_are_one_sentence()
    {
        (int code, string output, string error) = Run("check", "--lan", "lan0", "--wan", "lan0");
        Assert.That((code, output), Is.EqualTo((ExitCode.BadInput, "")));
        Assert.That(error, Is.EqualTo("reaim: lan0 is named with --lan and with --wan: name the interface to the clients and the one to the Internet.\n"));
    }

    private (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int code = Gateway.In(() => CommandLine.Run(arguments, output, error));
        return (code, output.ToString(), error.ToString());
    }
}
