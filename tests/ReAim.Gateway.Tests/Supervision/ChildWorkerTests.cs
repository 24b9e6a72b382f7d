using static ReAim.Gateway.Tests.Supervision.SupervisedRun;

namespace ReAim.Gateway.Tests.Supervision;

/// <summary>Supervision as it is where there is no Linux, with real processes.</summary>
internal sealed class ChildWorkerTests
{
    [Test]
    public void A_worker_ticks_for_as_long_as_it_turns_and_is_left_alone()
    {
        using SupervisedRun run = Ready("steady");
        int worker = run.Worker;
        Thread.Sleep(1500);
        Assert.Multiple(() =>
        {
            Assert.That(run.Worker, Is.EqualTo(worker));
            Assert.That(ThreadStatus.IsAlive(worker), Is.True);
        });
    }

    [Test]
    public void A_worker_whose_loop_is_stuck_is_ended_although_its_threads_live()
    {
        using SupervisedRun run = Ready("stuck");
        int first = run.Worker;
        run.WaitFor("the worker hangs and is ended", milliseconds: 5000);
        run.WaitFor("ready: helping", times: 2, milliseconds: 5000);
        Assert.Multiple(() =>
        {
            Assert.That(ThreadStatus.IsAlive(first), Is.False);
            Assert.That(run.Lines, Has.Some.Contains($"worker: {run.Worker} begins, restarts 1"));
        });
    }

    [TestCase("KILL")]
    [TestCase("STOP")]
    public void A_worker_that_is_killed_or_stopped_has_a_successor(string signal)
    {
        using SupervisedRun run = Ready("steady");
        int first = run.Worker;
        Signal(first, signal);
        run.WaitFor("ready: helping", times: 2, milliseconds: 5000);
        Assert.That(ThreadStatus.IsAlive(first), Is.False);
    }

    [Test]
    public void A_worker_that_ends_by_itself_tells_its_exit_code()
    {
        using SupervisedRun run = LaunchChild("hasty");
        run.WaitFor("the worker ended with exit code 7; packets pass without it. Another is started in 100 ms");
    }

    [Test]
    public void The_first_worker_that_cannot_work_here_ends_the_supervisor_with_its_exit_code()
    {
        using SupervisedRun run = LaunchChild("refusing");
        Assert.Multiple(() =>
        {
            Assert.That(run.WaitForEnd(5000), Is.EqualTo(2));
            Assert.That(run.Lines[^1], Is.EqualTo("rules: remove"));
        });
    }

    [TestCase("TERM", 0)]
    [TestCase("INT", 130)]
    public void A_signal_ends_the_queue_first_then_the_worker_then_the_rules(string signal, int code)
    {
        using SupervisedRun run = Ready("steady");
        Signal(run.Supervisor, signal);
        Assert.Multiple(() =>
        {
            Assert.That(run.WaitForEnd(5000), Is.EqualTo(code));
            Assert.That(run.Lines[^3..], Is.EqualTo(new[] { "rules: stop queueing", "worker: Drain", "rules: remove" }));
        });
    }

    [Test]
    public void A_worker_leaves_a_console_s_signals_to_its_supervisor()
    {
        using SupervisedRun run = Ready("steady");
        int worker = run.Worker;
        foreach (string signal in new[] { "INT", "QUIT", "TERM" })
        {
            Signal(worker, signal);
        }

        Thread.Sleep(700);
        Assert.That(ThreadStatus.IsAlive(worker), Is.True);
    }

    [TestCase("steady")]
    [TestCase("stuck")]
    public void A_worker_ends_with_its_supervisor(string habit)
    {
        using SupervisedRun run = Ready(habit);
        int worker = run.Worker;
        Signal(run.Supervisor, "KILL");
        Assert.That(Eventually(() => !ThreadStatus.IsAlive(worker), 5000), Is.True);
    }

    private static SupervisedRun Ready(string habit)
    {
        SupervisedRun run = LaunchChild(habit);
        run.WaitFor("ready: helping");
        return run;
    }
}
