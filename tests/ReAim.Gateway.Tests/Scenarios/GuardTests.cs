using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>
/// A connection whose lengths were changed, and all that packets could pass it by: rules that are gone, connections that the kernel forgot,
/// processes that were killed or stand still. Whatever comes is right, and it goes on or is reset.
/// </summary>
[RequiresRoot, RequiresRun]
internal sealed class GuardTests
{
    // As long as Alice's as a number and as text, so that the port alone changes the length.
    private const string PublicAddress = "203.0.113.77";
    private const ushort Port = 5_000;

    private static readonly string[] s_options = ["--protocol", "oscar,msn,irc"];

    [TestCase("flush ruleset", TalkProtocol.Irc)]
    [TestCase("flush ruleset", TalkProtocol.MsnInvitation)]
    [TestCase("delete table ip reaim", TalkProtocol.Irc)]
    [TestCase("flush chain ip reaim select", TalkProtocol.Irc)]
    [TestCase("iptables", TalkProtocol.Irc)]
    [TestCase("conntrack", TalkProtocol.Irc)]
    [TestCase("conntrack, flush ruleset", TalkProtocol.Irc)]
    public void Whoever_takes_the_way_into_the_queue_away_no_wrong_byte_comes_and_the_talk_goes_on(string loss, object protocol)
    {
        using Lab lab = MakeLab();
        using var tool = GatewayTool.Start(lab.Gateway, s_options);
        var talk = new Talk(lab, (TalkProtocol)protocol);
        talk.AssertFileArrives(Port);
        talk.Say(20);
        Signal.Send(tool.Supervisor, Signal.Stop);
        try
        {
            Lose(lab, loss);
            talk.Say(100);
            Thread.Sleep(1_000);
            talk.AssertNothingElseHeard();
        }
        finally
        {
            Signal.Send(tool.Supervisor, Signal.Continue);
        }

        talk.Say(100);
        talk.AssertAllHeard();
        talk.AssertFileArrives(Port + 1);
        Assert.That(tool.Log, Has.None.Contains("next sign-on"), "nothing went by unseen");
        tool.Stop();
        Assert.That(lab.Gateway.ForeignRules(), Is.Empty);
    }

    [TestCase(Victim.Worker, Blow.Killed, "conntrack")]
    [TestCase(Victim.Worker, Blow.Killed, "conntrack, flush ruleset")]
    [TestCase(Victim.Worker, Blow.Frozen, "flush ruleset")]
    [TestCase(Victim.Supervisor, Blow.Killed, "conntrack")]
    [TestCase(Victim.Supervisor, Blow.Killed, "delete table ip reaim")]
    public void After_a_kill_too_and_the_connection_is_reset(object victim, object blow, string loss)
    {
        bool isSupervisor = (Victim)victim == Victim.Supervisor;
        if (isSupervisor)
        {
            Kernel.Require(new Version(6, 9), "nftables tables that outlive a killed owner");
        }

        using Lab lab = MakeLab();
        GatewayTool tool = GatewayTool.Start(lab.Gateway, s_options);
        try
        {
            var talk = new Talk(lab, TalkProtocol.Irc);
            talk.AssertFileArrives(Port);
            talk.Say(20);
            if (!isSupervisor)
            {
                Signal.Send(tool.Supervisor, Signal.Stop);
            }

            tool.Strike((Victim)victim, (Blow)blow);
            Lose(lab, loss);
            talk.Say(100);
            Thread.Sleep(1_000);
            talk.AssertNothingElseHeard();
            if (isSupervisor)
            {
                tool.Dispose();
                tool = GatewayTool.Start(lab.Gateway, s_options);
            }
            else
            {
                Signal.Send(tool.Supervisor, Signal.Continue);
            }

            Assert.That(lab.Until(() => talk.Alice.IsGone, TimeSpan.FromSeconds(30)), "the connection is reset");
            talk.AssertNothingElseHeard();
            talk.Return();
            talk.AssertFileArrives(Port + 1);
            talk.AssertAllHeard();
        }
        finally
        {
            tool.Dispose();
        }
    }

    private static Lab MakeLab()
    {
        var lab = new Lab(new LabOptions { Capture = null, Gateway = settings => settings with { PublicAddress = PublicAddress } });
        lab.Gateway.AddRules(AdministratorRules.PortForward(PublicAddress, Port, "192.168.7.99"));
        lab.Gateway.AddRules(AdministratorRules.PortForward(PublicAddress, Port + 1, "192.168.7.99"));
        return lab;
    }

    private static void Lose(Lab lab, string loss)
    {
        foreach (string part in loss.Split(", "))
        {
            switch (part)
            {
                case "iptables":
                    lab.Gateway.Namespace.Exec("iptables", "-t", "mangle", "-F");
                    break;
                case "conntrack":
                    lab.Gateway.Namespace.TryExec("conntrack", "-F");
                    break;
                case "flush ruleset":
                    lab.Gateway.AddRules($"flush ruleset\n{AdministratorRules.Text(lab.Gateway.Settings)}");
                    lab.Gateway.AddRules(AdministratorRules.PortForward(PublicAddress, Port, "192.168.7.99"));
                    lab.Gateway.AddRules(AdministratorRules.PortForward(PublicAddress, Port + 1, "192.168.7.99"));
                    break;
                default:
                    lab.Gateway.AddRules(part + "\n");
                    break;
            }
        }
    }
}
