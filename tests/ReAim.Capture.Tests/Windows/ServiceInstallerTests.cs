using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Windows.Services;

namespace ReAim.Capture.Tests.Windows;

internal sealed class ServiceInstallerTests
{
    private static readonly WorkerProgram Program = new(@"C:\Program Files\ReAim\reaim.exe", [], []);
    private static readonly GatewayOptions Options = new() { Lan = ["Ethernet 2"], Wan = ["Ethernet"] };

    [Test]
    public void The_service_is_started_by_the_quoted_path_and_the_person_s_own_words()
    {
        var database = new Database();
        new ServiceInstaller(database).Install(Program, Options, ["--lan", "Ethernet 2", "--wan", "Ethernet", "--server", "oscar.example"]);
        Assert.Multiple(() =>
        {
            Assert.That(database.Service!.CommandLine, Is.EqualTo(
                "\"C:\\Program Files\\ReAim\\reaim.exe\" service run --lan \"Ethernet 2\" --wan Ethernet --server oscar.example"));
            Assert.That(database.HasSource, Is.True);
        });
    }

    [Test]
    public void A_recording_needs_the_whole_path()
    {
        var database = new Database();
        Assert.That(() => new ServiceInstaller(database).Install(Program, Options with { Record = "a.pcapng" }, []), Throws.TypeOf<BadInputException>());
        Assert.That(database.Service, Is.Null);
        new ServiceInstaller(database).Install(Program, Options with { Record = @"D:\a.pcapng" }, []);
        Assert.That(database.Service, Is.Not.Null);
    }

    [Test]
    public void Where_the_event_log_refuses_nothing_stays()
    {
        var database = new Database { RefusesSource = true };
        Assert.That(() => new ServiceInstaller(database).Install(Program, Options, []), Throws.TypeOf<IOException>());
        Assert.That(database.Service, Is.Null);
    }

    [Test]
    public void What_is_removed_is_gone_with_its_source_and_what_is_not_there_is_said()
    {
        var database = new Database();
        var installer = new ServiceInstaller(database);
        installer.Install(Program, Options, []);
        installer.Remove();
        Assert.That((database.Service, database.HasSource), Is.EqualTo(((ServiceDefinition?)null, false)));
        Assert.That(installer.Remove, Throws.TypeOf<BadInputException>().With.Message.StartsWith("there is no service ReAim"));
    }

    private sealed class Database : IServiceDatabase
    {
        public ServiceDefinition? Service { get; private set; }

        public bool HasSource { get; private set; }

        public bool RefusesSource { get; init; }

        public void Create(ServiceDefinition service) => Service = service;

        public bool Remove()
        {
            bool was = Service is not null;
            Service = null;
            return was;
        }

        public void AddEventSource() => HasSource = RefusesSource ? throw new IOException("no.") : true;

        public void RemoveEventSource() => HasSource = false;
    }
}
