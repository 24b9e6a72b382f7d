using Microsoft.Win32.SafeHandles;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Guard;
using ReAim.Capture.Linux.Interop;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Guard;

/// <summary>A worker asks, and the supervisor's keeper changes the table: what a worker had guarded outlives it.</summary>
[RequiresRoot]
internal sealed class GuardKeeperTests
{
    private static readonly FlowKey s_first = Flow(1), s_second = Flow(2);

    [Test]
    public void The_next_worker_knows_what_the_one_before_it_had_guarded()
    {
        using var gateway = new SmallGateway();
        using GuardKeeper keeper = Begin(gateway);
        var line = new GuardLine(keeper.WorkerLine);
        Assert.That((line.TryGuard(s_first), line.TryGuard(s_second), line.IsGuarded(s_first)), Is.EqualTo((true, true, true)));
        line.Release(s_first);
        var next = new GuardLine(keeper.WorkerLine);
        Assert.That((next.IsGuarded(s_first), next.IsGuarded(s_second)), Is.EqualTo((false, true)));
        Assert.That(Elements(gateway), Is.EqualTo(2), "one connection, in both directions");
        next.Release(s_second);
        Assert.That(new GuardLine(keeper.WorkerLine).IsGuarded(s_second), Is.False);
        Assert.That(Elements(gateway), Is.Zero);
    }

    [Test]
    public void What_workers_left_makes_room_for_what_this_one_needs()
    {
        const int Most = 2_048;
        using var gateway = new SmallGateway();
        using GuardKeeper keeper = Begin(gateway);
        var left = new GuardLine(keeper.WorkerLine);
        Assert.That(Enumerable.Range(0, Most).All(i => left.TryGuard(Flow(i))));
        Assert.That(left.TryGuard(Flow(Most)), Is.False, "its own makes no room");
        var line = new GuardLine(keeper.WorkerLine);
        Assert.That(line.TryGuard(Flow(Most)));
        Assert.That(Elements(gateway), Is.EqualTo(2 * Most));
    }

    [Test]
    public void Without_an_answer_nobody_works_unguarded()
    {
        (SafeFileHandle near, SafeFileHandle far) = LibC.MessagePair();
        using (far)
        using (near)
        {
            Assert.That(() => new GuardLine(near), Throws.InstanceOf<IOException>());
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(19)]
    [TestCase(21)]
    [TestCase(4_000)]
    public void Words_that_no_worker_says_are_passed_over(int length)
    {
        using var gateway = new SmallGateway();
        using GuardKeeper keeper = Begin(gateway);
        LibC.Write(keeper.WorkerLine, new byte[length]);
        LibC.Write(keeper.WorkerLine, Enumerable.Repeat((byte)0xFF, GuardMessage.Length).ToArray());
        Assert.That(new GuardLine(keeper.WorkerLine).TryGuard(s_first));
    }

    private static GuardKeeper Begin(SmallGateway gateway)
    {
        (Errno error, GuardKeeper? keeper) = gateway.In(() => (GuardKeeper.TryBegin(MarkLayout.Default, out GuardKeeper? begun), begun));
        Assert.That(error, Is.EqualTo(Errno.None));
        return keeper!;
    }

    private static int Elements(SmallGateway gateway) =>
        gateway.Box.Exec("nft", "list", "set", "ip", GuardTable.Name, "guarded").Split(" . 6667").Length - 1;

    private static FlowKey Flow(int number) => new(
        new Ipv4Endpoint(new Ipv4Address(0xC0A8_070A), (ushort)(10_000 + number)), new Ipv4Endpoint(new Ipv4Address(0xCB00_7163), 6_667));
}
