using ReAim.Capture.Gateway.Supervision;

namespace ReAim.Gateway.Tests.Supervision;

internal sealed class WorkerHealthTests
{
    private const long Begin = 1_000_000;

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
        Assert.Multiple(() =>
        {
            Assert.That(health.Deadline, Is.EqualTo(Begin + 10_000));
            Assert.That(health.IsSilent(Begin + 9_999), Is.False);
            Assert.That(health.IsSilent(Begin + 10_000), Is.True);
        });
    }

    [Test]
    public void After_a_tick_a_worker_may_be_silent_for_400_ms()
    {
        var health = new WorkerHealth(Begin);
        health.Start(Begin);
        Assert.Multiple(() =>
        {
            Assert.That(health.Tick(Begin + 200), Is.True, "the first");
            Assert.That(health.Tick(Begin + 300), Is.False, "not the first");
            Assert.That(health.Deadline, Is.EqualTo(Begin + 700));
            Assert.That(health.IsSilent(Begin + 699), Is.False);
            Assert.That(health.IsSilent(Begin + 700), Is.True);
        });
    }

    [Test]
    public void A_supervisor_that_was_held_up_itself_listens_once_more_before_it_judges()
    {
        WorkerHealth health = Ticking();
        Assert.Multiple(() =>
        {
            Assert.That(health.IsSilent(Begin + 5_000), Is.False, "it looked far too late");
            Assert.That(health.Deadline, Is.EqualTo(Begin + 5_100));
            Assert.That(health.IsSilent(Begin + 5_099), Is.False);
            Assert.That(health.IsSilent(Begin + 5_500), Is.True, "even if it is held up again");
        });
    }

    [Test]
    public void A_worker_that_is_heard_after_such_a_delay_has_its_full_time_again()
    {
        WorkerHealth health = Ticking();
        health.IsSilent(Begin + 5_000);
        health.Tick(Begin + 5_050);
        Assert.Multiple(() =>
        {
            Assert.That(health.IsSilent(Begin + 5_449), Is.False);
            Assert.That(health.IsSilent(Begin + 5_450), Is.True);
        });
    }

    [Test]
    public void A_worker_that_is_being_ended_is_not_judged_again()
    {
        WorkerHealth health = Ticking();
        health.GiveUp();
        Assert.Multiple(() =>
        {
            Assert.That(health.Deadline, Is.EqualTo(long.MaxValue));
            Assert.That(health.IsSilent(Begin + 400), Is.False);
            Assert.That(health.Tick(Begin + 401), Is.False, "a tick from before");
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

    private static WorkerHealth Ticking()
    {
        var health = new WorkerHealth(Begin);
        health.Start(Begin);
        health.Tick(Begin);
        return health;
    }
}
