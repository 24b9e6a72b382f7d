using ReAim.Alg;
using ReAim.NatLab.Tests.Irc;
using ReAim.NatLab.Tests.Msn;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Talking;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>
/// Protocols whose addresses are text, through a gateway that changes lengths: what is written is up to six bytes longer or shorter
/// than what was, and the connection then carries megabytes both ways over a network that loses, repeats and reorders.
/// </summary>
[TestFixture]
internal sealed class TranslatedTests
{
    private const ushort Port = 5_000;

    private static IEnumerable<TestCaseData> Networks()
    {
        var calm = new LinkOptions { Latency = 10 * Simulation.Millisecond };
        foreach ((string name, LinkOptions link) in ((string, LinkOptions)[])
            [
                ("calm", calm),
                ("losing", calm with { Loss = 0.02 }),
                ("reordering", calm with { Reordering = 0.05, Duplication = 0.01 }),
                ("all of it", calm with { Loss = 0.02, Reordering = 0.05, Duplication = 0.01 }),
                ("narrow", calm with { Mtu = 1_000, Loss = 0.01 }),
            ])
        {
            foreach ((string protocol, string address, string network, bool isTaken) in ((string, string, string, bool)[])
                [
                    ("irc", "1.2.3.4", "192.168.7", false),
                    ("irc", "203.0.113.7", "10.0.0", true),
                    ("irc", "9.9.9.9", "192.168.7", true),
                    ("irc", "203.0.113.7", "192.168.7", false),
                    ("msn", "1.2.3.4", "192.168.70", false),
                    ("msn", "203.100.113.213", "10.0.0", false),
                    ("msn", "203.0.113.7", "192.168.7", false),
                    ("msn", "203.0.113.7", "192.168.7", true),
                    ("msn transport", "203.0.113.213", "192.168.7", false),
                    ("msn transport", "203.10.113.213", "10.0.0", true),
                    ("msn transport", "2.0.1.7", "192.168.70", false),
                ])
            {
                yield return new TestCaseData(protocol, link, address, network, isTaken).SetArgDisplayNames(protocol, name, address, network, isTaken ? "port taken" : "port free");
            }
        }
    }

    [TestCaseSource(nameof(Networks))]
    public void Files_arrive_and_every_word_of_a_long_talk_both_ways(string protocol, object link, string address, string network, bool isTaken)
    {
        var internet = new Internet(17);
        HashSet<ushort> taken = isTaken ? [Port, Port + 1] : [];
        Lan home = internet.AddLan(address, network, wan: (LinkOptions)link, limits: limits => limits with { ReservedPorts = taken });
        Host aliceHost = home.Add("alice", 10, new Oscar.Styles.Libpurple()).Host;
        Host bobHost = internet.AddPublic("bob", "198.51.100.77", new Oscar.Styles.Libpurple()).Host;
        Host serverHost = internet.AddPublic("server", "198.51.100.8", new Oscar.Styles.Libpurple()).Host;
        (ITalker alice, ITalker bob) = protocol == "irc"
            ? MeetByIrc(internet, serverHost, aliceHost, bobHost)
            : MeetByMsn(internet, serverHost, aliceHost, bobHost, usesTransports: protocol == "msn transport");
        Assert.That(internet.Simulation.RunUntil(() => alice.IsWelcome && bob.IsWelcome, 60 * Simulation.Second), internet.Explain());

        // Full segments before the offer, and behind it.
        List<string> fromAlice = Talk(internet, alice, "bob", 400);
        byte[] file = internet.Simulation.Random.Bytes(30_000);
        alice.SendFile("bob", file, Port);
        fromAlice.AddRange(Talk(internet, alice, "bob", 5_000));

        // Behind a hole no more than sixteen segments wait, so that an answer amid Bob's would not be looked at in time.
        Assert.That(internet.Simulation.RunUntil(() => bob.Offers == 1, 300 * Simulation.Second), internet.Explain());
        List<string> fromBob = Talk(internet, bob, "alice", 5_000);
        Assert.That(internet.Simulation.RunUntil(() => bob.Files.Count == 1, 300 * Simulation.Second), internet.Explain());
        if (bob is IrcClient resuming)
        {
            resuming.Partial = file[..10_000];
        }

        Assert.That(internet.Simulation.RunUntil(() => alice.Heard.Count == fromBob.Count, 300 * Simulation.Second), internet.Explain());
        alice.SendFile("bob", file, Port + 1);
        fromAlice.AddRange(Talk(internet, alice, "bob", 400));
        bool isDone = internet.Simulation.RunUntil(
            () => bob.Files.Count == 2 && bob.Heard.Count == fromAlice.Count && alice.Heard.Count == fromBob.Count, 900 * Simulation.Second);
        Assert.That(isDone, $"{bob.Files.Count} files, {bob.Heard.Count} of {fromAlice.Count}, {alice.Heard.Count} of {fromBob.Count}");
        Assert.That(bob.Files.Select(one => one.Bytes.ToArray()), Is.All.EqualTo(file));
        Assert.That(bob.Heard, Is.EqualTo(fromAlice));
        Assert.That(alice.Heard, Is.EqualTo(fromBob));
        Assert.That(new[] { alice, bob }.OfType<MsnClient>().SelectMany(client => client.Complaints), Is.Empty);
        Assert.That(home.Gateway.Count(Reason.OfferRewritten), Is.GreaterThanOrEqualTo(2));
        internet.Simulation.Start(() =>
        {
            alice.Quit();
            bob.Quit();
            return Task.CompletedTask;
        });
        Assert.That(internet.Simulation.RunUntil(() => alice.IsGone && bob.IsGone, 60 * Simulation.Second), "both come to an end");
        Assert.That(internet.Simulation.Failures, Is.Empty);
    }

    private static (ITalker Alice, ITalker Bob) MeetByIrc(Internet internet, Host serverHost, Host aliceHost, Host bobHost)
    {
        var server = new IrcServer(serverHost);
        (var alice, var bob) = (new IrcClient(aliceHost, "alice"), new IrcClient(bobHost, "bob"));
        internet.Simulation.Start(async () => await alice.ConnectAsync(server.Endpoint));
        internet.Simulation.Start(async () => await bob.ConnectAsync(server.Endpoint));
        return (alice, bob);
    }

    private static (ITalker Alice, ITalker Bob) MeetByMsn(Internet internet, Host serverHost, Host aliceHost, Host bobHost, bool usesTransports)
    {
        var server = new MsnServer(serverHost);
        (var alice, var bob) = (new MsnClient(aliceHost, "alice", usesTransports), new MsnClient(bobHost, "bob", usesTransports));
        internet.Simulation.Start(async () => await alice.ConnectAsync(server.Endpoint));
        internet.Simulation.Start(async () => await bob.ConnectAsync(server.Endpoint));
        Assert.That(internet.Simulation.RunUntil(() => alice.IsOnline && bob.IsOnline, 60 * Simulation.Second), internet.Explain());
        internet.Simulation.Start(() =>
        {
            alice.Call("bob");
            return Task.CompletedTask;
        });
        return (alice, bob);
    }

    private static List<string> Talk(Internet internet, ITalker from, string to, int lines)
    {
        List<string> said = [.. Enumerable.Range(0, lines).Select(i => $"{i} {Convert.ToHexString(internet.Simulation.Random.Bytes(internet.Simulation.Random.Below(225)))}")];
        said.ForEach(line => from.Say(to, line));
        return said;
    }
}
