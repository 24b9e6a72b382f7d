using System.IO.Pipes;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;
using ReAim.Capture.Monitoring.Pipes;

namespace ReAim.Capture.Tests.Windows;

internal sealed class PipeStatusTests
{
    private readonly string _name = $"reaim-test-{Guid.NewGuid():N}";
    private readonly List<string> _log = [];
    private Wakeup _wakeup = null!;

    [SetUp]
    public void Open() => _wakeup = new Wakeup();

    [TearDown]
    public void Close() => _wakeup.Dispose();

    [Test]
    public void Who_asks_gets_the_whole_status_from_the_worker_s_own_loop()
    {
        int loop = 0;
        using Loop worker = Start(() => loop = Environment.CurrentManagedThreadId);
        ReadOnlyMemory<byte> answer = PipeStatusQuery.Ask(_name, _ => true);
        Assert.Multiple(() =>
        {
            Assert.That(StatusJson.TryRead(answer, out StatusSnapshot status), Is.True);
            Assert.That(status.Flows, Is.EqualTo(7));
            Assert.That(loop, Is.EqualTo(worker.ThreadId));
        });
    }

    [Test]
    public void Several_are_answered_one_after_the_other()
    {
        using Loop worker = Start(() => { });
        for (int i = 0; i < 3 * PipeStatusListener.MostAskers; i++)
        {
            Assert.That(PipeStatusQuery.Ask(_name, _ => true).IsEmpty, Is.False);
        }
    }

    [Test]
    public void Those_who_say_nothing_keep_nobody_waiting_for_good()
    {
        using Loop worker = Start(() => { });
        var idle = new List<NamedPipeClientStream>();
        for (int i = 0; i < PipeStatusListener.MostAskers - 1; i++)
        {
            var pipe = new NamedPipeClientStream(".", _name, PipeDirection.InOut);
            pipe.Connect(1000);
            idle.Add(pipe);
        }

        Assert.That(PipeStatusQuery.Ask(_name, _ => true).IsEmpty, Is.False);
        idle.ForEach(pipe => pipe.Dispose());
    }

    [Test]
    public void Where_none_runs_it_is_said() =>
        Assert.That(() => PipeStatusQuery.Ask(_name, _ => true), Throws.TypeOf<BadInputException>().With.Message.StartsWith("no ReAim runs here"));

    [Test]
    public void Somebody_elses_pipe_is_not_believed()
    {
        using Loop worker = Start(() => { });
        Assert.That(() => PipeStatusQuery.Ask(_name, _ => false), Throws.TypeOf<BadInputException>().With.Message.Contains("is not reaim"));
    }

    [Test]
    public void A_pipe_that_cannot_be_opened_is_reported_once()
    {
        using (new PipeStatusListener(_ => throw new UnauthorizedAccessException("taken."), _wakeup.Wake, _log.Add))
        {
            Assert.That(() => _log.ToArray(), Has.Length.EqualTo(1).After(2000, 10));
        }

        Assert.That(_log, Is.EqualTo(new[] { "nobody can ask for the status: its pipe cannot be opened (taken)." }));
    }

    private Loop Start(Action seen) => new(
        new PipeStatusListener(
            _ => new NamedPipeServerStream(_name, PipeDirection.InOut, PipeStatusListener.MostAskers, PipeTransmissionMode.Byte, PipeOptions.Asynchronous),
            _wakeup.Wake,
            _log.Add),
        _wakeup,
        seen);

    /// <summary>A worker's loop that does nothing but answer.</summary>
    private sealed class Loop : IDisposable
    {
        private readonly PipeStatusListener _status;
        private readonly Wakeup _wakeup;
        private readonly Thread _thread;
        private volatile bool _ends;

        public Loop(PipeStatusListener status, Wakeup wakeup, Action seen)
        {
            (_status, _wakeup) = (status, wakeup);
            _thread = new Thread(() => Turn(seen));
            _thread.Start();
        }

        public int ThreadId => _thread.ManagedThreadId;

        public void Dispose()
        {
            _ends = true;
            _wakeup.Wake();
            _thread.Join();
            _status.Dispose();
        }

        private void Turn(Action seen)
        {
            while (!_ends)
            {
                _wakeup.Wait(100);
                _status.Answer(() =>
                {
                    seen();
                    return new StatusSnapshot { Version = "0", Mode = "divert", Uptime = TimeSpan.Zero, Process = 1, Restarts = 0, Mappings = [], Flows = 7 };
                }, 0);
            }
        }
    }
}
