using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>Protocols whose addresses are text, through a kernel's connection tracking: lengths change, and megabytes follow.</summary>
[RequiresRoot, RequiresRun]
internal sealed class TranslatedTests
{
    private const ushort Port = 5_000;

    private static readonly string[] s_options = ["--protocol", "msn,irc"];

    // What is written in the place of 192.168.7.10:5000 and the like is so many bytes longer: IRC 1, 1, -2, -2, 1; MSN -1 to 7, -5, -6, 1.
    [TestCase(TalkProtocol.Irc, "203.0.113.7", "192.168.7", "61000-61999", true, 0, 1_500, true)]
    [TestCase(TalkProtocol.Irc, "203.0.113.7", "192.168.7", "61000-61999", true, 20, 1_500, false)]
    [TestCase(TalkProtocol.Irc, "1.2.3.4", "192.168.7", "61000-61999", false, 0, 1_500, true)]
    [TestCase(TalkProtocol.Irc, "1.2.3.4", "192.168.7", "1024-1033", true, 20, 1_500, true)]
    [TestCase(TalkProtocol.Irc, "203.0.113.7", "192.168.7", "61000-61999", true, 5, 1_000, true)]
    [TestCase(TalkProtocol.MsnInvitation, "203.0.113.7", "192.168.7", "61000-61999", false, 20, 1_500, true)]
    [TestCase(TalkProtocol.MsnInvitation, "203.100.113.213", "10.0.7", "61000-61999", true, 0, 1_500, true)]
    [TestCase(TalkProtocol.MsnInvitation, "1.2.3.4", "192.168.7", "61000-61999", false, 5, 1_000, true)]
    [TestCase(TalkProtocol.MsnTransport, "203.10.113.213", "10.0.7", "61000-61999", true, 20, 1_500, false)]
    [TestCase(TalkProtocol.MsnTransport, "2.0.1.7", "192.168.70", "61000-61999", false, 0, 1_500, true)]
    [TestCase(TalkProtocol.MsnTransport, "203.0.113.213", "192.168.7", "61000-61999", false, 5, 1_000, true)]
    public void Files_arrive_and_every_word_of_a_long_talk(object protocol, string address, string network, string pool, bool isTaken, int loss, int mtu, bool offloads)
    {
        using var lab = new Lab(new LabOptions { Capture = null, Offloads = offloads, Gateway = settings => settings with { PublicAddress = address, Network = network, WanMtu = mtu } });

        // The strictest administrator there is.
        lab.Gateway.Namespace.Exec("sysctl", "-qw", "net.netfilter.nf_conntrack_tcp_be_liberal=0");
        lab.Gateway.AddRules("""
            table ip strict {
              chain forward {
                type filter hook forward priority -10
                ct state invalid counter drop
              }
            }
            """);
        if (isTaken)
        {
            Occupy(lab, address);
        }
        using var tool = GatewayTool.Start(lab.Gateway, [.. s_options, "--pool", pool]);
        var talk = new Talk(lab, (TalkProtocol)protocol);
        if (loss > 0)
        {
            Weather.Lose(lab.Internet, loss);
        }

        talk.Say(500);
        talk.AssertFileArrives(Port);

        talk.Say(5_000);
        talk.AssertFileArrives((ushort)(Port + 1), 1 << 20);
        talk.Say(500);
        talk.AssertAllHeard();
        Assert.That(GatewayStatus.Read(lab.Gateway).GetProperty("reasons").GetProperty("offer-rewritten").GetInt64(), Is.EqualTo(2));
    }

    [TestCase(TalkProtocol.Irc, Victim.Worker, Blow.Killed)]
    [TestCase(TalkProtocol.Irc, Victim.Worker, Blow.Frozen)]
    [TestCase(TalkProtocol.Irc, Victim.Supervisor, Blow.Killed)]
    [TestCase(TalkProtocol.MsnInvitation, Victim.Worker, Blow.Killed)]
    [TestCase(TalkProtocol.MsnTransport, Victim.Supervisor, Blow.Killed)]
    public void After_a_kill_no_wrong_byte_comes_and_the_connection_ends(object protocol, object victim, object blow)
    {
        // As long as Alice's as a number and as text, so that the port alone changes the length.
        const string PublicAddress = "203.0.113.77";
        using var lab = new Lab(new LabOptions { Capture = null, Gateway = settings => settings with { PublicAddress = PublicAddress } });
        Occupy(lab, PublicAddress);
        GatewayTool tool = GatewayTool.Start(lab.Gateway, s_options);
        try
        {
            var talk = new Talk(lab, (TalkProtocol)protocol);
            talk.AssertFileArrives(Port);
            talk.Say(300);
            tool.Strike((Victim)victim, (Blow)blow);
            talk.Say(300);
            Thread.Sleep(2_000);
            if ((Victim)victim == Victim.Supervisor)
            {
                talk.AssertNothingElseHeard();
                tool.Dispose();
                tool = GatewayTool.Start(lab.Gateway, s_options);
            }

            Assert.That(lab.Until(() => talk.Alice.IsGone, TimeSpan.FromSeconds(30)), "the connection is reset");
            Assert.That(lab.Until(() => !talk.IsAliceKnown, TimeSpan.FromSeconds(5)), "at the server too");
            talk.AssertNothingElseHeard();
            talk.Return();

            // This one is somebody else's too, and for half a minute the one that was got instead belongs to the worker that is gone.
            talk.AssertFileArrives(Port + 1);
            talk.AssertAllHeard();
        }
        finally
        {
            tool.Dispose();
        }
    }

    [Test]
    public void A_translated_connection_is_reset_also_by_one_who_helps_other_protocols()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Occupy(lab, Lab.PublicAddress);
        GatewayTool tool = GatewayTool.Start(lab.Gateway, s_options);
        try
        {
            var talk = new Talk(lab, TalkProtocol.Irc);
            talk.AssertFileArrives(Port);
            tool.Strike(Victim.Supervisor, Blow.Killed);
            tool.Dispose();
            tool = GatewayTool.Start(lab.Gateway);
            talk.Say(100);
            Assert.That(lab.Until(() => talk.Alice.IsGone, TimeSpan.FromSeconds(30)), "the connection is reset");
            talk.AssertNothingElseHeard();
        }
        finally
        {
            tool.Dispose();
        }
    }

    [Test]
    public void When_it_ends_translated_connections_end_and_others_stay()
    {
        using var lab = new Lab(new LabOptions { Capture = null, Gateway = settings => settings with { PublicAddress = "1.2.3.4" } });
        using var tool = GatewayTool.Start(lab.Gateway, ["--protocol", "oscar,msn,irc"]);
        lab.SignOn();
        var talk = new Talk(lab, TalkProtocol.Irc);
        talk.AssertFileArrives(Port);
        talk.AssertAllHeard();
        Assert.That(tool.Stop().Code, Is.Zero);
        Assert.That(lab.Until(() => talk.Alice.IsGone, TimeSpan.FromSeconds(5)), "the connection is reset at once");
        Assert.That(lab.Until(() => !talk.IsAliceKnown, TimeSpan.FromSeconds(5)), "at the server too");
        talk.AssertNothingElseHeard();
        lab.Alice.SendIm(lab.Bob, "still here");
        Assert.That(lab.Bob.WaitForIm("still here", TimeSpan.FromSeconds(5)), Is.Not.Null);
        Assert.That(lab.Gateway.ForeignRules(), Is.Empty);
    }

    /// <summary>
    /// Alice's ports are somebody else's: her offers get others, with a digit more or less. One more is what hurts most without
    /// translation: segments then begin with bytes that the receiver has, and he drops as many of the new ones.
    /// </summary>
    private static void Occupy(Lab lab, string address)
    {
        lab.Gateway.AddRules(AdministratorRules.PortForward(address, Port, "192.168.7.99"));
        lab.Gateway.AddRules(AdministratorRules.PortForward(address, Port + 1, "192.168.7.99"));
    }
}
