using ReAim.Capture;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Rules;

/// <summary>Which way into the queue is found, and by what means.</summary>
[RequiresRoot]
internal sealed class QueueProbeTests : SmallGatewayTests
{
    [Test]
    public void A_kernel_with_the_queue_statement_gets_the_nft_flavour_unless_another_is_named()
    {
        Flavours.Require(QueueFlavour.Nft, Gateway.Box);
        Flavours.Require(QueueFlavour.Iptables, Gateway.Box);
        Assert.That(In(() => GatewayRules.Prepare(SmallGateway.Options)).Options.Flavour, Is.EqualTo(QueueFlavour.Nft));
        Assert.That(
            In(() => GatewayRules.Prepare(SmallGateway.Options with { Flavour = QueueFlavour.Iptables })).Options.Flavour,
            Is.EqualTo(QueueFlavour.Iptables));
    }

    [Test]
    public void A_kernel_without_the_queue_statement_gets_the_iptables_flavour_and_says_so_if_that_is_not_allowed()
    {
        if (Flavours.HasNft(Gateway.Box))
        {
            Assert.Ignore("NOT TESTED: this kernel has nft's queue statement.");
        }

        Assert.That(In(() => GatewayRules.Prepare(SmallGateway.Options)).Options.Flavour, Is.EqualTo(QueueFlavour.Iptables));
        Assert.That(
            () => In(() => GatewayRules.Prepare(SmallGateway.Options with { Flavour = QueueFlavour.Nft })),
            Throws.InvalidOperationException.With.InnerException.TypeOf<BadInputException>().And.Message.Contains("no queue statement"));
    }

    [TestCase(QueueFlavour.Auto)]
    [TestCase(QueueFlavour.Nft)]
    [TestCase(QueueFlavour.Iptables)]
    public void Finding_a_way_into_the_queue_installs_nothing(object flavour)
    {
        Flavours.Require((QueueFlavour)flavour, Gateway.Box);
        Gateway.Box.ExecWithInput("iptables-restore", SmallGateway.Administrator);
        string before = Gateway.Ruleset;
        In(() => GatewayRules.Prepare(SmallGateway.Options with { Flavour = (QueueFlavour)flavour }));
        Assert.That(Gateway.Ruleset, Is.EqualTo(before));

        // A kernel that has not loaded legacy iptables has no such file.
        Assert.That(Gateway.Box.TryExec("cat", "/proc/net/ip_tables_names").Output, Is.Empty);
    }

    [Test]
    public void A_listener_needs_no_chain()
    {
        GatewayRules rules = In(() => GatewayRules.Prepare(SmallGateway.Options with { ListensOnly = true }));
        In(rules.Install);
        Assert.That(Gateway.Ruleset, Does.Contain("table ip reaim").And.Not.Contain("REAIM"));
        In(rules.StopQueueing);
        In(rules.Remove);
        Assert.That(Gateway.Ruleset, Does.Not.Contain("reaim"));
    }

    private T In<T>(Func<T> action) => Gateway.In(action);

    private void In(Action action) => Gateway.In(action);
}
