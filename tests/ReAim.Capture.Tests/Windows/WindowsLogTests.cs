using ReAim.Capture.Monitoring;
using ReAim.Capture.Windows.Services;

namespace ReAim.Capture.Tests.Windows;

internal sealed class WindowsLogTests
{
    [TestCase("ready: helping.", "ready: helping.", false)]
    [TestCase("WARNING: there is another NAT.", "there is another NAT.", true)]
    [TestCase("dry run: WARNING: there is another NAT.", "dry run: there is another NAT.", true)]
    public void A_warning_is_an_event_of_that_kind(string sentence, string text, bool isWarning)
    {
        var events = new List<(string, bool)>();
        new EventLog(new EventLogOutput((written, warns) => events.Add((written, warns)))).Say(sentence);
        Assert.That(events, Is.EqualTo(new[] { (text, isWarning) }));
    }

    [Test]
    public void A_reader_that_stands_still_keeps_no_writer_waiting_and_gets_all_of_it_later()
    {
        using var reader = new SlowReader();
        var log = new EventLog(reader.Log);
        for (int i = 0; i < 90; i++)
        {
            log.Say("something.");
        }

        reader.GoOn();
        reader.Log.Dispose();
        Assert.That(reader.Lines, Is.EqualTo(90));
    }

    /// <summary>An output that waits until it may go on.</summary>
    private sealed class SlowReader : ILogOutput, IDisposable
    {
        private readonly ManualResetEventSlim _goesOn = new();

        public SlowReader() => Log = new BackgroundLog(this);

        public BackgroundLog Log { get; }

        public int Lines { get; private set; }

        public bool IsReady => true;

        public void GoOn() => _goesOn.Set();

        public void Write(string sentence)
        {
            _goesOn.Wait();
            Lines++;
        }

        public void Dispose() => _goesOn.Dispose();
    }
}
