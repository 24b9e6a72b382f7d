using ReAim.Capture.Programs;
using ReAim.Capture.Windows;

namespace ReAim.Capture.Tests.Windows;

internal sealed class FirewallRuleTests
{
    private const string Program = @"C:\Program Files\ReAim\reaim.exe";
    private readonly List<string> _asked = [];

    [SetUp]
    public void Forget() => _asked.Clear();

    [Test]
    public void The_rule_is_for_this_program_s_TCP_ports_and_replaces_one_that_was_left()
    {
        new FirewallRule(Program, Answer(0)).Install();
        Assert.That(_asked, Is.EqualTo(new[]
        {
            "advfirewall|firewall|delete|rule|name=ReAim relay",
            $"advfirewall|firewall|add|rule|name=ReAim relay|dir=in|action=allow|protocol=TCP|program={Program}|enable=yes",
        }));
    }

    [Test]
    public void It_is_removed_even_if_there_is_none() => Assert.That(new FirewallRule(Program, Answer(1)).Remove, Throws.Nothing);

    [Test]
    public void A_firewall_that_refuses_is_one_sentence() =>
        Assert.That(new FirewallRule(Program, Answer(1)).Install, Throws.TypeOf<BadInputException>().With.Message.Contains("netsh ended with exit code 1"));

    private Func<IReadOnlyList<string>, ProgramResult> Answer(int code) => arguments =>
    {
        _asked.Add(string.Join('|', arguments));
        return new ProgramResult(code, "", "");
    };
}
