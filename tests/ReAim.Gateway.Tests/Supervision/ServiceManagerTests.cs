using System.Net.Sockets;
using System.Text;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Supervision;

[RequiresRoot]
internal sealed class ServiceManagerTests
{
    [Test]
    public void A_service_manager_hears_of_readiness_of_life_and_of_the_end()
    {
        string path = Path.Combine(Path.GetTempPath(), $"reaim-notify-{Guid.NewGuid():N}");
        using var world = new NetNamespace("notify");
        using Socket manager = Listen(path);
        try
        {
            using SupervisedRun run = SupervisedRun.StartWith(
                world,
                start => (start.Environment["NOTIFY_SOCKET"], start.Environment["WATCHDOG_USEC"]) = (path, "400000"),
                [],
                "steady");
            var heard = new List<string>();
            while (heard.Count(message => message == "WATCHDOG=1") < 3 || !heard.Contains("READY=1\nSTATUS=Helping."))
            {
                Assert.That(heard, Has.Count.LessThan(100));
                heard.Add(Hear(manager));
            }

            SupervisedRun.Signal(run.Supervisor, "TERM");
            while (!heard[^1].StartsWith("STOPPING=1", StringComparison.Ordinal))
            {
                heard.Add(Hear(manager));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Readiness_is_not_claimed_before_a_worker_has_ticked()
    {
        string path = Path.Combine(Path.GetTempPath(), $"reaim-notify-{Guid.NewGuid():N}");
        using var world = new NetNamespace("notify");
        using Socket manager = Listen(path);
        try
        {
            using SupervisedRun run = SupervisedRun.Launch(world, start => start.Environment["NOTIFY_SOCKET"] = path, [], "mute");
            run.WaitFor("begins");
            Thread.Sleep(500);
            Assert.That(manager.Available, Is.Zero);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void An_abstract_address_is_understood()
    {
        string name = $"reaim-notify-{Guid.NewGuid():N}";
        using Socket manager = Listen("\0" + name);
        new ServiceManager("@" + name, 0).Alive();
        Assert.That(Hear(manager), Is.EqualTo("WATCHDOG=1"));
    }

    [Test]
    public void Without_a_service_manager_or_with_one_that_is_gone_nothing_happens()
    {
        Assert.Multiple(() =>
        {
            Assert.That(new ServiceManager(null, 0).Alive, Throws.Nothing);
            Assert.That(new ServiceManager("/nonexistent/notify", 0).Alive, Throws.Nothing);
            Assert.That(new ServiceManager(new string('x', 500), 0).Alive, Throws.Nothing);
        });
    }

    [Test]
    public void A_sign_of_life_comes_twice_as_often_as_is_asked_for()
    {
        Assert.That(new ServiceManager(null, 3000).WatchdogInterval, Is.EqualTo(1500));
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static string Hear(Socket manager)
    {
        byte[] bytes = new byte[1024];
        return Encoding.UTF8.GetString(bytes, 0, manager.Receive(bytes));
    }
}
