using ReAim.Capture.Gateway.Supervision;

namespace ReAim.Gateway.Tests.Supervision;

internal sealed class WorkerHealthTests
{
    private const long Begin = 1_000_000;

    // A worker's beginning is over.
    private const long Later = Begin + 5_000;

    [Test]
    public void The_first_worker_is_due_at_once()
    {
        Assert.That(new WorkerHealth(Begin).IsDue(Begin), Is.True);
    }

    [Test]
    public void A_worker_has_ten_seconds_to_its_first_tick()
    {
        var health = new WorkerHealth(Begin);
        health.Start(Begin);
        Assert.That(SilentAt(health, Begin), Is.EqualTo(Begin + 10_000));
    }

    [Test]
    public void At_its_beginning_a_worker_may_be_silent_for_600_ms()
    {
        var health = new WorkerHealth(Begin);
        health.Start(Begin);
        Assert.That(health.Tick(Begin + 200), Is.True, "the first");
        Assert.That(health.Tick(Begin + 5_199), Is.False, "not the first");
        health = new WorkerHealth(Begin);
        health.Start(Begin);
        health.Tick(Begin + 200);
        Assert.That(SilentAt(health, Begin + 200), Is.EqualTo(Begin + 800));
    }

    [Test]
    public void Later_a_worker_may_be_silent_for_400_ms() => Assert.That(SilentAt(Ticking(), Later), Is.EqualTo(Later + 400));

    [TestCase(50)]
    [TestCase(99)]
    [TestCase(400)]
    [TestCase(60_000)]
    public void The_supervisors_own_lateness_is_not_the_workers_silence(long late)
    {
        WorkerHealth health = Ticking();
        long now = Later;
        for (int look = 1; look <= 3; look++)
        {
            now = health.Deadline + late;
            Assert.That(health.IsSilent(now), Is.False, $"look {look}, each of which came late");
        }

        Assert.That(health.IsSilent(health.Deadline + late), Is.True, "four slices without a tick are 400 ms in which it could have been heard");
    }

    [Test]
    public void A_worker_that_had_no_turn_while_the_supervisor_had_none_is_heard_before_it_is_judged()
    {
        WorkerHealth health = Ticking();
        Assert.That(health.IsSilent(Later + 399), Is.False, "the whole machine stood still");
        health.Tick(Later + 450);
        Assert.That(SilentAt(health, Later + 450), Is.EqualTo(Later + 850), "its full time again");
    }

    [Test]
    public void Looks_for_other_reasons_change_nothing()
    {
        WorkerHealth health = Ticking();
        for (long now = Later + 1; now < Later + 400; now += 7)
        {
            Assert.That(health.IsSilent(now), Is.False);
        }

        Assert.That(health.IsSilent(Later + 400), Is.True);
    }

    [Test]
    public void A_worker_that_is_being_ended_is_not_judged_again()
    {
        WorkerHealth health = Ticking();
        health.GiveUp();
        Assert.Multiple(() =>
        {
            Assert.That(health.Deadline, Is.EqualTo(long.MaxValue));
            Assert.That(health.IsSilent(Later + 400), Is.False);
            Assert.That(health.Tick(Later + 401), Is.False, "a tick from before");
            Assert.That(health.Deadline, Is.EqualTo(long.MaxValue));
            Assert.That(health.IsDue(Begin + 60_000), Is.False, "not before its end");
        });
    }

    [Test]
    public void Pauses_double_from_50_ms_to_10_s()
    {
        var health = new WorkerHealth(Begin);
        var pauses = new List<long>();
        for (int i = 0; i < 10; i++)
        {
            health.Start(Begin);
            health.Tick(Begin);
            pauses.Add(health.End(Begin));
        }

        Assert.Multiple(() =>
        {
            Assert.That(pauses, Is.EqualTo(new long[] { 50, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000 }));
            Assert.That(health.Restarts, Is.EqualTo(10));
            Assert.That(health.IsDue(Begin + 9_999), Is.False);
            Assert.That(health.IsDue(Begin + 10_000), Is.True);
        });
    }

    [Test]
    public void Thirty_seconds_of_health_begin_the_pauses_anew()
    {
        var health = new WorkerHealth(Begin);
        for (int i = 0; i < 5; i++)
        {
            health.Start(Begin);
            health.End(Begin);
        }

        health.Start(Begin);
        health.Tick(Begin);
        Assert.That(health.End(Begin + 29_999), Is.EqualTo(1600), "not long enough");
        health.Start(Begin);
        health.Tick(Begin);
        Assert.Multiple(() =>
        {
            Assert.That(health.End(Begin + 30_000), Is.EqualTo(50));
            Assert.That(health.End(Begin + 30_000), Is.EqualTo(100));
        });
    }

    [Test]
    public void A_worker_that_never_ticked_was_not_healthy_however_long_it_took()
    {
        var health = new WorkerHealth(Begin);
        health.Start(Begin);
        health.End(Begin);
        health.Start(Begin);
        Assert.That(health.End(Begin + 60_000), Is.EqualTo(100));
    }

    /// <summary>When a supervisor that always looks in time finds the worker silent.</summary>
    private static long SilentAt(WorkerHealth health, long now)
    {
        while (!health.IsSilent(now))
        {
            Assert.That(health.Deadline, Is.InRange(now + 1, now + 100));
            now = health.Deadline;
        }

        return now;
    }

    private static WorkerHealth Ticking()
    {
        var health = new WorkerHealth(Begin);
        health.Start(Begin);
        health.Tick(Begin);
        health.Tick(Later);
        return health;
    }
}
