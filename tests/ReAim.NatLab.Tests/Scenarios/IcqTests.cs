using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Oscar.Icq;
using ReAim.NatLab.Tests.Oscar.Styles;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>ICQ's direct connections: Alice behind a gateway listens once, and Bob outside comes as often as he likes.</summary>
[TestFixture(Machine.Plain)]
[TestFixture(Machine.WindowsNat)]
[TestFixture(Machine.WindowsRouter)]
internal sealed class IcqTests(object machine)
{
    private const ushort Port = 23_456;

    private (Internet Internet, IcqMessenger Alice, IcqMessenger Bob) Meet(bool helps = true, bool acceptsAsClimm = false, params ushort[] taken)
    {
        var internet = new Internet(11) { Machine = (Machine)machine };
        HashSet<ushort> reserved = [.. taken];
        Lan home = internet.AddLan("203.0.113.7", "192.168.7", helps, limits: limits => limits with { ReservedPorts = reserved });
        var alice = new IcqMessenger(home.Add("alice", 10, new MirandaIcq()), Port) { AcceptsAsClimm = acceptsAsClimm };
        var bob = new IcqMessenger(internet.AddPublic("bob", "198.51.100.77", new MirandaIcq()), Port);
        internet.SignOn();
        alice.Start();
        bob.Start();
        AimClient client = internet.Clients[0];
        client.SendIm("bob", "hello");
        internet.Clients[1].SendIm("alice", "hello");
        Assert.That(internet.Simulation.RunUntil(() => bob.Known.Contains("alice") && alice.Known.Contains("bob"), 10 * Simulation.Second));
        return (internet, alice, bob);
    }

    [Test]
    public void Messages_reach_the_listener_hours_later_and_as_often_as_somebody_writes()
    {
        (Internet internet, IcqMessenger alice, IcqMessenger bob) = Meet();
        for (int i = 0; i < 5; i++)
        {
            Assert.That(Sends(internet, bob, "alice", $"message {i}"));
            internet.Simulation.Run(1_000 * Simulation.Second);
        }

        Assert.That(alice.Messages, Is.EqualTo(Enumerable.Range(0, 5).Select(i => $"message {i}")));
        internet.AssertNothingIsLeftBehind();
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_file_that_Alice_accepts_arrives_whole(bool acceptsAsClimm)
    {
        (Internet internet, IcqMessenger alice, IcqMessenger bob) = Meet(acceptsAsClimm: acceptsAsClimm);
        byte[] file = internet.Simulation.Random.Bytes(50_000);
        bob.OfferFile("alice", file);
        Assert.That(internet.Simulation.RunUntil(() => alice.Files.Count == 1, 60 * Simulation.Second), internet.Explain());
        Assert.That(alice.Files[0].Bytes.ToArray(), Is.EqualTo(file));
        internet.AssertNothingIsLeftBehind();
    }

    [Test]
    public void Whom_Alice_asks_to_connect_connects()
    {
        (Internet internet, IcqMessenger alice, _) = Meet();
        alice.AskToConnect("bob");
        Assert.That(internet.Simulation.RunUntil(() => alice.Messages.Contains("you asked"), 20 * Simulation.Second), internet.Explain());
    }

    [Test]
    public void Without_help_nobody_gets_through()
    {
        (Internet internet, IcqMessenger alice, IcqMessenger bob) = Meet(helps: false);
        Assert.That(Sends(internet, bob, "alice", "anybody there?"), Is.False);
        bob.OfferFile("alice", internet.Simulation.Random.Bytes(100));
        alice.AskToConnect("bob");
        internet.Simulation.Run(60 * Simulation.Second);
        Assert.That((alice.Files.Count, alice.Messages.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Where_the_port_is_taken_all_stays_as_it_is()
    {
        (Internet internet, _, IcqMessenger bob) = Meet(taken: Port);
        Assert.That(Sends(internet, bob, "alice", "anybody there?"), Is.False);
        Assert.That(internet.Gateways[0].Mappings, Is.Empty);
    }

    private static bool Sends(Internet internet, IcqMessenger from, string to, string text)
    {
        Task<bool>? sending = null;
        internet.Clients[0].Run(() => sending = from.SendAsync(to, text));
        Assert.That(internet.Simulation.RunUntil(() => sending is { IsCompleted: true }, 60 * Simulation.Second));
        return sending!.Result;
    }
}
