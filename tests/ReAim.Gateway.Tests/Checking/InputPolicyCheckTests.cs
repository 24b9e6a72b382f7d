using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Gateway;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

[RequiresRoot]
internal sealed class InputPolicyCheckTests
{
    private const string Passes = "Ok: peers' connects to this machine pass the input rules.";

    private static readonly GatewayOptions s_relaying = SmallGateway.Options with { Translator = TranslatorKind.Relay };

    private SmallGateway _gateway = null!;

    [SetUp]
    public void Make() => _gateway = new SmallGateway();

    [TearDown]
    public void Remove() => _gateway.Dispose();

    [Test]
    public void A_policy_of_drop_is_named_for_both_kinds_of_ports_with_a_line_that_helps()
    {
        _gateway.Nft("table inet fw { chain input { type filter hook input priority filter; policy drop; ct state established,related accept; iifname \"lan0\" accept; }; }");
        string[] said = Said();
        Assert.That(said, Has.Length.EqualTo(2));
        Assert.That(said[0], Is.EqualTo(
            "Warning: peers' connects to this machine's port 5190 are dropped by the policy of the chain inet fw input: nft insert rule inet fw input iifname "
            + "\"wan0\" tcp dport '{ 5190, 61000-61999 }' accept; and name the ports that your clients listen on, if they are others."));
        _gateway.Box.Exec("sh", "-c", "nft insert rule inet fw input iifname \"wan0\" tcp dport '{ 5190, 61000-61999 }' accept");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [Test]
    public void Iptables_gets_a_line_of_its_own_and_the_line_helps()
    {
        _gateway.Box.Exec("iptables", "-P", "INPUT", "DROP");
        Assert.That(Said()[0], Does.Contain("iptables -I INPUT -i wan0 -p tcp -m multiport --dports 5190,61000:61999 -j ACCEPT"));
        _gateway.Box.Exec("iptables", "-I", "INPUT", "-i", "wan0", "-p", "tcp", "-m", "multiport", "--dports", "5190,61000:61999", "-j", "ACCEPT");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [Test]
    public void Only_a_relay_asks_for_it_and_a_relay_asks_nothing_of_the_forward_rules()
    {
        _gateway.Box.Exec("iptables", "-P", "INPUT", "DROP");
        _gateway.Box.Exec("iptables", "-P", "FORWARD", "DROP");
        Assert.That(_gateway.Say(InputPolicyCheck.Look), Is.Empty);
        Assert.That(_gateway.Say(ForwardPolicyCheck.Look, s_relaying), Is.Empty);
        Assert.That(_gateway.Say(ForwardPolicyCheck.Look), Is.Not.Empty);
    }

    [Test]
    public void A_relay_that_listens_needs_no_program_for_rules() => Assert.That(
        _gateway.Say(QueueCheck.Look, s_relaying with { ListensOnly = true }), Is.EqualTo(new[] { "Ok: no rules are needed: mappings are listeners here, and no packet is touched." }));

    private string[] Said() => _gateway.Say(InputPolicyCheck.Look, s_relaying);
}
