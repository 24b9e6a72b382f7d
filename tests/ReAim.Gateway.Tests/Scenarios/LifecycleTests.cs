using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>Coming, staying and going.</summary>
[RequiresRoot, RequiresRun]
internal sealed class LifecycleTests
{
    [TestCase(Signal.Terminate)]
    [TestCase(Signal.Interrupt)]
    public void It_goes_within_a_second_and_leaves_no_rule(int signal)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Assert.That(lab.Gateway.ForeignRules(), Is.Empty);
        string before = lab.Gateway.Namespace.Exec("nft", "list", "table", "ip", "admin");
        using var tool = GatewayTool.Start(lab.Gateway);
        Assert.That(lab.Gateway.ForeignRules(), Is.Not.Empty);
        lab.SignOn();
        (TimeSpan duration, int code) = tool.Stop(signal);
        Assert.That(code, Is.EqualTo(signal == Signal.Interrupt ? 130 : 0));
        Assert.That(duration, Is.LessThan(TimeSpan.FromSeconds(1)));
        Assert.That(lab.Gateway.ForeignRules(), Is.Empty);
        Assert.That(WithoutCounts(lab.Gateway.Namespace.Exec("nft", "list", "table", "ip", "admin")), Is.EqualTo(WithoutCounts(before)));
    }

    [Test]
    public void Flushed_rules_are_restored_within_five_seconds()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        lab.Gateway.Namespace.Exec("nft", "flush", "ruleset");
        lab.Gateway.AddRules(AdministratorRules.Text(lab.Gateway.Settings));
        Assert.That(Moment.Comes(() => lab.Gateway.ForeignRules().Contains("table ip reaim", StringComparison.Ordinal), 5), "our table is back");
        Thread.Sleep(500);
        lab.Alice.SignOff();
        lab.Alice.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
    }

    [Test]
    public void A_second_one_refuses_in_one_sentence()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var first = GatewayTool.Start(lab.Gateway);
        string before = lab.Gateway.ForeignRules();
        using var second = GatewayTool.Launch(lab.Gateway);
        Assert.That(Moment.Comes(() => !second.IsRunning, 5), "it ends");
        Assert.That(second.Stop().Code, Is.EqualTo(2));
        Assert.That(second.Log, Has.Count.EqualTo(1));
        Assert.That(lab.Gateway.ForeignRules(), Is.EqualTo(before));
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
    }

    [Test]
    public void Every_thread_of_the_worker_has_only_what_it_needs()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        int worker = tool.Worker!.Value;
        Assert.That(ProcessTable.OfEveryThread(worker, "NoNewPrivs"), Is.Not.Empty.And.All.EqualTo("1"));
        Assert.That(ProcessTable.OfEveryThread(worker, "CapEff"), Is.All.EqualTo("0000000000001000"), "CAP_NET_ADMIN");
        Assert.That(ProcessTable.OfEveryThread(worker, "CapBnd"), Is.All.EqualTo("0000000000001000"));
    }

    private static string WithoutCounts(string rules) =>
        System.Text.RegularExpressions.Regex.Replace(rules, @"packets \d+ bytes \d+", "");
}
