using System.Globalization;
using ReAim.Alg;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Tests.Gateway;

/// <summary>No LAN host fills the list of servers that are watched.</summary>
internal sealed class ServerBudgetTests
{
    private const long Period = 600 * EngineOptions.Second;

    [Test]
    public void A_host_is_told_of_so_many_and_then_of_those_again_only()
    {
        var budget = new ServerBudget();
        int taken = Enumerable.Range(0, 1_000).Count(number => budget.TryTake(Server(1, number), now: 0));
        Assert.That(taken, Is.EqualTo(ServerBudget.PerHost));
        Assert.That((budget.TryTake(Server(1, 0), 1), budget.TryTake(Server(2, 0), 1)), Is.EqualTo((true, true)), "the same one, and another host's");
    }

    [Test]
    public void After_ten_minutes_others_may_come()
    {
        var budget = new ServerBudget();
        for (int number = 0; number < ServerBudget.PerHost; number++)
        {
            budget.TryTake(Server(1, number), now: 0);
        }

        Assert.That((budget.TryTake(Server(1, 99), Period - 1), budget.TryTake(Server(1, 99), Period)), Is.EqualTo((false, true)));
    }

    [Test]
    public void However_many_hosts_there_are_it_remembers_no_more_than_it_has_places()
    {
        var budget = new ServerBudget();
        int taken = Enumerable.Range(0, 3_000).Count(host => budget.TryTake(Server(host, 0), now: 0));
        Assert.That((taken, budget.TryTake(Server(9_999, 0), Period)), Is.EqualTo((ServerBudget.Hosts, true)));
    }

    private static ExpectedServer Server(int host, int number) =>
        new(new Ipv4Address(0x0A00_0000u + (uint)host), number.ToString(CultureInfo.InvariantCulture), 5190);
}
