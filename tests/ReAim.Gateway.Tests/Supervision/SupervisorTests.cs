using System.Diagnostics;
using ReAim.Gateway.Tests.World;
using static ReAim.Gateway.Tests.Supervision.SupervisedRun;

namespace ReAim.Gateway.Tests.Supervision;

[RequiresRoot]
internal sealed class SupervisorTests
{
    private NetNamespace _world = null!;

    [SetUp]
    public void MakeWorld() => _world = new NetNamespace("sup");

    [TearDown]
    public void RemoveWorld() => _world.Dispose();

    [TestCase("KILL")]
    [TestCase("STOP")]
    public void A_worker_that_is_killed_or_stopped_has_a_successor_within_a_second(string signal)
    {
        using SupervisedRun run = Start(_world);
        int first = run.Worker;
        Signal(first, signal);
        run.WaitFor("ready: helping", times: 2, milliseconds: 1000);
        Assert.Multiple(() =>
        {
            Assert.That(ThreadStatus.IsAlive(first), Is.False);
            Assert.That(run.Worker, Is.Not.EqualTo(first));
            Assert.That(run.Lines, Has.Some.Contains($"worker: {run.Worker} begins, restarts 1"));
        });
    }

    [Test]
    public void A_worker_that_closes_its_line_is_ended_like_a_silent_one_and_keeps_nobody_busy()
    {
        using SupervisedRun run = Start(_world, "aloof");
        run.WaitFor("ready: helping", times: 2, milliseconds: 2000);
        Assert.Multiple(() =>
        {
            Assert.That(run.Lines, Has.Some.Contains("hangs and is ended"));
            Assert.That(ThreadStatus.Time(run.Supervisor), Is.LessThan(TimeSpan.FromMilliseconds(500)));
        });
    }

    [Test]
    public void A_worker_that_ends_by_itself_is_started_again_and_again_with_growing_pauses()
    {
        using SupervisedRun run = Start(_world, "hasty");
        run.WaitFor("ended with exit code 7; packets pass without it. Another is started in 200 ms");
        Assert.That(run.Lines.Where(line => line.Contains("Another")).Take(2).Select(line => line.Split(' ')[^2]), Is.EqualTo(new[] { "50", "100" }));
    }

    [Test]
    public void A_worker_ends_with_its_supervisor()
    {
        using SupervisedRun run = Start(_world);
        int worker = run.Worker;
        Signal(run.Supervisor, "KILL");
        Assert.That(Eventually(() => !ThreadStatus.IsAlive(worker), 500), Is.True);
    }

    [Test]
    public void A_stopped_worker_ends_with_its_supervisor_too()
    {
        using SupervisedRun run = Start(_world);
        int worker = run.Worker;
        Signal(worker, "STOP");
        Signal(run.Supervisor, "KILL");
        Assert.That(Eventually(() => !ThreadStatus.IsAlive(worker), 500), Is.True);
    }

    [Test]
    public void A_worker_goes_on_while_its_supervisor_is_stopped_and_is_not_blamed_for_that_afterwards()
    {
        using SupervisedRun run = Start(_world);
        int worker = run.Worker;
        Signal(run.Supervisor, "STOP");
        Thread.Sleep(1500);
        Assert.That(StatusTests.Ask(_world).Process, Is.EqualTo(worker));
        Signal(run.Supervisor, "CONT");
        Thread.Sleep(1000);
        Assert.Multiple(() =>
        {
            Assert.That(ThreadStatus.IsAlive(worker), Is.True);
            Assert.That(run.Worker, Is.EqualTo(worker));
        });
    }

    [Test]
    public void Neither_is_blamed_when_both_were_stopped_for_a_while()
    {
        using SupervisedRun run = Start(_world);
        int worker = run.Worker;
        Signal(run.Supervisor, "STOP");
        Signal(worker, "STOP");
        Thread.Sleep(1000);
        Signal(run.Supervisor, "CONT");
        Signal(worker, "CONT");
        Thread.Sleep(1000);
        Assert.That(run.Worker, Is.EqualTo(worker));
    }

    [Test]
    public void A_worker_leaves_signals_of_a_terminal_to_its_supervisor()
    {
        using SupervisedRun run = Start(_world);
        int worker = run.Worker;
        foreach (string signal in new[] { "INT", "TERM", "HUP", "QUIT", "TSTP" })
        {
            Signal(worker, signal);
        }

        Thread.Sleep(700);
        Assert.Multiple(() =>
        {
            Assert.That(ThreadStatus.IsAlive(worker), Is.True);
            Assert.That(run.Worker, Is.EqualTo(worker));
        });
    }

    [TestCase("TERM", 0)]
    [TestCase("HUP", 0)]
    [TestCase("INT", 130)]
    public void A_signal_ends_the_queue_first_then_the_worker_then_the_rules(string signal, int code)
    {
        using SupervisedRun run = Start(_world);
        int worker = run.Worker;
        Signal(run.Supervisor, signal);
        Assert.Multiple(() =>
        {
            Assert.That(run.WaitForEnd(1000), Is.EqualTo(code));
            Assert.That(run.Lines[^3..], Is.EqualTo(new[] { "rules: stop queueing", "worker: Drain", "rules: remove" }));
            Assert.That(ThreadStatus.IsAlive(worker), Is.False);
        });
    }

    [Test]
    public void Under_nohup_the_end_of_a_terminal_ends_nothing()
    {
        using SupervisedRun run = SupervisedRun.StartWith(_world, null, ["env", "--ignore-signal=HUP"], "steady");
        Signal(run.Supervisor, "HUP");
        Thread.Sleep(300);
        Assert.That(ThreadStatus.IsAlive(run.Worker), Is.True);
        Signal(run.Supervisor, "TERM");
        Assert.That(run.WaitForEnd(1000), Is.Zero);
    }

    [Test]
    public void A_worker_that_does_not_drain_has_a_second()
    {
        using SupervisedRun run = Start(_world, "stubborn");
        int worker = run.Worker;
        var time = Stopwatch.StartNew();
        Signal(run.Supervisor, "TERM");
        Assert.Multiple(() =>
        {
            Assert.That(run.WaitForEnd(2000), Is.Zero);
            Assert.That(time.Elapsed, Is.GreaterThan(TimeSpan.FromMilliseconds(900)));
            Assert.That(run.Lines[^1], Is.EqualTo("rules: remove"));
            Assert.That(ThreadStatus.IsAlive(worker), Is.False);
        });
    }

    [Test]
    public void A_second_signal_ends_at_once()
    {
        using SupervisedRun run = Start(_world, "stubborn");
        Signal(run.Supervisor, "TERM");
        run.WaitFor("worker: Drain");
        Signal(run.Supervisor, "TERM");
        Assert.That(run.WaitForEnd(500), Is.Zero);
        Assert.That(run.Lines[^1], Is.EqualTo("rules: remove"));
    }

    [Test]
    public void The_first_worker_that_cannot_work_here_ends_the_supervisor_with_its_exit_code()
    {
        using SupervisedRun run = Launch(_world, null, [], "refusing");
        Assert.Multiple(() =>
        {
            Assert.That(run.WaitForEnd(5000), Is.EqualTo(2));
            Assert.That(run.Lines.Count(line => line == "worker: cannot work here"), Is.EqualTo(1));
            Assert.That(run.Lines[^1], Is.EqualTo("rules: remove"));
        });
    }

    [Test]
    public void Missing_rules_are_restored_within_five_seconds_and_the_worker_fills_them_again()
    {
        string flaw = Path.GetTempFileName();
        using SupervisedRun run = Start(_world, "steady", "--flaw", flaw);
        run.WaitFor("worker: Reinstall", milliseconds: 5000);
        Assert.Multiple(() =>
        {
            Assert.That(run.Lines, Does.Contain("rules: repair"));
            Assert.That(File.Exists(flaw), Is.False);
        });
    }

    [Test]
    public void Rules_that_cannot_be_checked_end_nothing_and_are_reported_once()
    {
        string flaw = Path.GetTempFileName();
        File.WriteAllText(flaw, "throw");
        using SupervisedRun run = Start(_world, "steady", "--flaw", flaw);
        Thread.Sleep(5000);
        Assert.That(run.Lines.Count(line => line.Contains("could not be checked: no program answers.")), Is.EqualTo(1));
        File.WriteAllText(flaw, "");
        run.WaitFor("worker: Reinstall", milliseconds: 3000);
    }

    [Test]
    public void A_supervisor_whose_rules_fail_at_the_end_still_removes_them()
    {
        using SupervisedRun run = Start(_world, "steady", "--stop-fails");
        Signal(run.Supervisor, "TERM");
        Assert.Multiple(() =>
        {
            Assert.That(run.WaitForEnd(1000), Is.Zero);
            Assert.That(run.Lines[^2..], Is.EqualTo(new[] { "worker: Drain", "rules: remove" }));
        });
    }

    [Test]
    public void At_rest_the_two_use_hardly_any_time()
    {
        using SupervisedRun run = Start(_world);
        Thread.Sleep(500);
        TimeSpan before = ThreadStatus.Time(run.Supervisor) + ThreadStatus.Time(run.Worker);
        Thread.Sleep(3000);
        Assert.That(ThreadStatus.Time(run.Supervisor) + ThreadStatus.Time(run.Worker) - before, Is.LessThan(TimeSpan.FromMilliseconds(150)));
    }
}
