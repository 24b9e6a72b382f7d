using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Monitoring;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Supervision;

[RequiresRoot]
internal sealed class StatusTests
{
    [Test]
    public void A_worker_tells_everything_at_once_even_with_all_mappings_there_can_be()
    {
        using var world = new NetNamespace("status");
        using SupervisedRun run = SupervisedRun.Start(world);
        StatusSnapshot status = Ask(world);
        Assert.Multiple(() =>
        {
            Assert.That(status.Process, Is.EqualTo(run.Worker));
            Assert.That(status.Mappings, Has.Count.EqualTo(512));
        });
    }

    [Test]
    public void Restarts_are_counted_and_the_uptime_goes_on()
    {
        using var world = new NetNamespace("status");
        using SupervisedRun run = SupervisedRun.Start(world);
        Thread.Sleep(1000);
        SupervisedRun.Signal(run.Worker, "KILL");
        run.WaitFor("ready: helping", times: 2);
        StatusSnapshot status = Ask(world);
        Assert.Multiple(() =>
        {
            Assert.That(status.Restarts, Is.EqualTo(1));
            Assert.That(status.Uptime, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1)));
        });
    }

    [Test]
    public void Who_asks_between_two_workers_is_answered_by_the_second()
    {
        using var world = new NetNamespace("status");
        using SupervisedRun run = SupervisedRun.Start(world);
        int first = run.Worker;
        SupervisedRun.Signal(first, "KILL");
        Assert.That(Ask(world).Process, Is.Not.EqualTo(first));
    }

    [Test]
    public void Askers_who_read_nothing_do_not_make_the_worker_wait()
    {
        using var world = new NetNamespace("status");
        using SupervisedRun run = SupervisedRun.Start(world);
        int worker = run.Worker;
        var idle = new List<IDisposable>();
        for (int i = 0; i < 20; i++)
        {
            idle.Add(world.Inside(() =>
            {
                SafeFileHandle socket = LibC.UnixStream(TimeSpan.FromSeconds(1));
                Assert.That(LibC.ConnectUnix(socket, InstanceLock.Name), Is.True);
                return socket;
            }));
        }

        Assert.That(Ask(world).Process, Is.EqualTo(worker));
        Thread.Sleep(500);
        Assert.That(run.Worker, Is.EqualTo(worker));
        idle.ForEach(socket => socket.Dispose());
    }

    [Test]
    public void Only_root_is_told_anything()
    {
        using var world = new NetNamespace("status");
        using SupervisedRun run = SupervisedRun.Start(world);
        nint read = world.Inside(() =>
        {
            // This thread is nobody from here on, and ends as such.
            LibC.SetThreadUser(65_534);
            using SafeFileHandle socket = LibC.UnixStream(TimeSpan.FromSeconds(2));
            Assert.That(LibC.ConnectUnix(socket, InstanceLock.Name), Is.True);
            return LibC.Read(socket, new byte[100]);
        });
        Assert.Multiple(() =>
        {
            Assert.That((long)read, Is.Zero, "the connection is closed without a word");
            Assert.That(Ask(world).Process, Is.EqualTo(run.Worker), "root is answered");
        });
    }

    [Test]
    public void The_verb_writes_lines_or_json()
    {
        using var world = new NetNamespace("status");
        using SupervisedRun run = SupervisedRun.Start(world);
        string library = Path.Combine(AppContext.BaseDirectory, "reaim.dll");
        Assert.Multiple(() =>
        {
            Assert.That(world.Exec(TestProgramFiles.Runtime, library, "status"), Does.StartWith("reaim         0.0.0, process"));
            Assert.That(world.Exec(TestProgramFiles.Runtime, library, "status", "--json"), Does.StartWith("{\n  \"version\": \"0.0.0\""));
        });
    }

    [Test]
    public void Where_no_reaim_runs_the_verb_says_so()
    {
        using var world = new NetNamespace("status");
        (int code, string output, string error) = world.TryExec(TestProgramFiles.Runtime, Path.Combine(AppContext.BaseDirectory, "reaim.dll"), "status");
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(2));
            Assert.That(output, Is.Empty);
            Assert.That(error, Is.EqualTo("reaim: no ReAim runs here: start it with reaim run, or ask in the network namespace where it runs.\n"));
        });
    }

    [Test]
    public void Somebody_elses_socket_of_that_name_is_not_believed()
    {
        using var world = new NetNamespace("status");
        using SafeFileHandle impostor = world.Inside(() =>
        {
            LibC.SetThreadUser(65_534);
            SafeFileHandle socket = LibC.UnixStream();
            Assert.That(LibC.ListenUnix(socket, InstanceLock.Name, 1), Is.True);
            return socket;
        });
        Assert.That(() => world.Inside(() => StatusQuery.Ask()), Throws.InnerException.TypeOf<BadInputException>().With.Message.Contains("of user 65534"));
    }

    [Test]
    public void Json_is_read_as_it_was_written()
    {
        var status = new StatusSnapshot
        {
            Version = "1.2.3",
            Process = 17,
            Uptime = TimeSpan.FromHours(30),
            Restarts = 2,
            Mode = "divert",
            Flavour = "iptables",
            Public = [Ipv4("203.0.113.7"), Ipv4("203.0.113.8")],
            Flows = 5,
            Held = 1,
            Mappings = [new StatusMapping(
                new Mapping(new Ipv4Endpoint(Ipv4("203.0.113.7"), 61_000), new Ipv4Endpoint(Ipv4("192.168.7.10"), 5190)),
                "b\"o\u0001b",
                TimeSpan.FromSeconds(61),
                TimeSpan.FromSeconds(539)),
                new StatusMapping(
                    new Mapping(new Ipv4Endpoint(Ipv4("203.0.113.7"), 61_001), new Ipv4Endpoint(Ipv4("192.168.7.10"), 5191)),
                    "carol",
                    TimeSpan.FromSeconds(5),
                    TimeSpan.FromSeconds(27),
                    Ipv4("198.51.100.77"))],
            Reasons = [new("offer-rewritten", 3)],
            Counters = [new("packets", 4_000_000_000)],
        };
        var json = new ArrayBufferWriter<byte>();
        StatusJson.Write(status, json);
        Assert.That(StatusJson.TryRead(json.WrittenMemory, out StatusSnapshot read), Is.True);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Text(read), Is.EqualTo(Text(status)));
            Assert.That(Text(read), Does.Contain("b\"o?b, 1 min 1 s old, closes in 8 min 59 s").And.Contain("5 s old, connected from 198.51.100.77; for others the port closes in 27 s").And.Contain("1 d 6 h"));
        }
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("{\"version\": \"1\"")]
    [TestCase("{\"version\": 1}")]
    public void What_is_no_status_is_not_read(string json)
    {
        Assert.That(StatusJson.TryRead(Encoding.UTF8.GetBytes(json), out _), Is.False);
    }

    /// <summary>Asks the ReAim of a network namespace.</summary>
    public static StatusSnapshot Ask(NetNamespace world)
    {
        ReadOnlyMemory<byte> json = world.Inside(() => StatusQuery.Ask());
        Assert.That(StatusJson.TryRead(json, out StatusSnapshot status), Is.True);
        return status;
    }

    private static string Text(StatusSnapshot status)
    {
        using var text = new StringWriter();
        StatusText.Write(status, text);
        return text.ToString();
    }

    private static Ipv4Address Ipv4(string text) => Ipv4Address.TryParse(text, out Ipv4Address address) ? address : throw new FormatException(text);
}
