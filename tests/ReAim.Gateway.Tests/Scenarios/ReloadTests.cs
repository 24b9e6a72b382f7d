using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>The firewall is loaded anew in the middle of a session: words go by without us, and after three more all is as before.</summary>
[RequiresRoot, RequiresRun]
internal sealed class ReloadTests
{
    [TestCase("words of both")]
    [TestCase("a word of Alice's")]
    [TestCase("a word of Bob's")]
    [TestCase("nothing")]
    public void After_nft_flush_ruleset_an_offer_is_helped_and_nobody_must_sign_on_again(string said) => AssertHelpedAfter(said, lab =>
    {
        string own = AdministratorRules.Text(lab.Gateway.Settings);
        lab.Gateway.AddRules("flush ruleset\n" + own);
    });

    [Test]
    public void After_iptables_restore_an_offer_is_helped_and_nobody_must_sign_on_again() => AssertHelpedAfter(
        "words of both",
        lab => lab.Gateway.Namespace.ExecWithInput("iptables-restore", "*mangle\nCOMMIT\n*filter\nCOMMIT\n"),
        "--flavour", "iptables");

    [Test]
    public void A_talk_on_irc_goes_on_and_its_next_offer_is_helped()
    {
        // The public address as a number is as long as Alice's: no length changes.
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway, "--protocol", "irc");
        var talk = new Talk(lab, TalkProtocol.Irc);
        talk.AssertFileArrives(5_000);
        InTheGap(tool, () => lab.Gateway.AddRules("flush ruleset\n" + AdministratorRules.Text(lab.Gateway.Settings)), () =>
        {
            talk.Say(3);
            talk.AssertAllHeard();
        });
        talk.Say(5);
        talk.AssertAllHeard();
        talk.AssertFileArrives(5_001);
        tool.Strike(Victim.Worker, Blow.Killed);
        Assert.That(Moment.Comes(() => tool.HasReadyWorker && tool.Log.Count(line => line.Contains("reaim: ready", StringComparison.Ordinal)) > 1, 5), "another worker");
        talk.Say(5);
        talk.AssertAllHeard();
        talk.AssertFileArrives(5_002);
        Assert.That(GatewayStatus.Read(lab.Gateway).GetProperty("reasons").GetProperty("offer-rewritten").GetInt64(), Is.EqualTo(1));
    }

    private static void AssertHelpedAfter(string said, Action<Lab> reload, params string[] options)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway, options);
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
        InTheGap(tool, () => reload(lab), () =>
        {
            if (said.Contains("both", StringComparison.Ordinal) || said.Contains("Alice", StringComparison.Ordinal))
            {
                Say(lab.Alice, lab.Bob, "in the gap");
            }

            if (said.Contains("both", StringComparison.Ordinal) || said.Contains("Bob", StringComparison.Ordinal))
            {
                Say(lab.Bob, lab.Alice, "in the gap too");
            }
        });
        for (int i = 0; i < 3; i++)
        {
            Say(lab.Alice, lab.Bob, $"frame {i}");
            Say(lab.Bob, lab.Alice, $"answer {i}");
        }

        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
        Assert.That(tool.Log, Has.None.Contains("next sign-on"));
    }

    /// <summary>Who restores the rules stands still until all is said.</summary>
    private static void InTheGap(GatewayTool tool, Action reload, Action say)
    {
        Signal.Send(tool.Supervisor, Signal.Stop);
        try
        {
            reload();
            say();
        }
        finally
        {
            Signal.Send(tool.Supervisor, Signal.Continue);
        }

        Assert.That(tool.WaitForLine("they are restored", 5), string.Join('\n', tool.Log));
    }

    private static void Say(Person from, Person to, string text)
    {
        from.SendIm(to, text);
        Assert.That(to.WaitForIm(text, TimeSpan.FromSeconds(3)), Is.Not.Null, text);
    }
}
