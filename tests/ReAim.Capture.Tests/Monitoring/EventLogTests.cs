using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Tests.Monitoring;

internal sealed class EventLogTests
{
    [Test]
    public void A_reader_that_stops_costs_lines_and_nothing_else()
    {
        bool isReady = false;
        using var output = new StringWriter();
        var log = new EventLog(output, showsTime: false, () => isReady);
        log.Say("one.");
        log.Say("two.");
        Assert.That(output.ToString(), Is.Empty);
        isReady = true;
        log.Say("three.");
        log.SayLeft();
        Assert.That(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[]
        {
            "reaim: three.", "reaim: 2 lines were left out: too many came at once, or nobody read them.",
        }));
    }

    [Test]
    public void A_storm_of_lines_is_cut()
    {
        using var output = new StringWriter();
        var log = new EventLog(output, showsTime: false);
        for (int i = 0; i < 1_000; i++)
        {
            log.Say("again.");
        }

        log.SayLeft();
        Assert.That(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(101).And.Some.Contains("900 lines"));
    }

    [Test]
    public void What_is_opened_is_said_in_any_storm_and_cut_in_one_of_its_own()
    {
        using var output = new StringWriter();
        var log = new EventLog(output, showsTime: false);
        for (int i = 0; i < 1_000; i++)
        {
            log.Say("again.");
        }

        log.SayOpened("a port is opened.");
        Assert.That(output.ToString(), Does.EndWith($"reaim: a port is opened.{output.NewLine}"));
        for (int i = 0; i < 1_000; i++)
        {
            log.SayOpened("another port is opened.");
        }

        log.SayLeft();
        Assert.That(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(201).And.Some.Contains("1801 lines"));
    }
}
