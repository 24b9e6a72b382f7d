using ReAim.Alg;
using ReAim.NatLab.Tests.Irc;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>
/// IRC through a gateway that changes lengths: the address that is written is longer or shorter than the one that was, and the
/// connection then carries megabytes both ways over a network that loses, repeats and reorders.
/// </summary>
[TestFixture]
internal sealed class IrcTests
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
            foreach ((string address, string network, bool isTaken) in ((string, string, bool)[])
                [
                    ("1.2.3.4", "192.168.7", false),
                    ("203.0.113.7", "10.0.0", true),
                    ("9.9.9.9", "192.168.7", true),
                    ("203.0.113.7", "192.168.7", false),
                ])
            {
                yield return new TestCaseData(link, address, network, isTaken).SetArgDisplayNames(name, address, network, isTaken ? "port taken" : "port free");
            }
        }
    }

    [TestCaseSource(nameof(Networks))]
    public void Files_arrive_and_every_word_of_a_long_talk_both_ways(object link, string address, string network, bool isTaken)
    {
        var internet = new Internet(17);
        HashSet<ushort> taken = isTaken ? [Port, Port + 1] : [];
        Lan home = internet.AddLan(address, network, wan: (LinkOptions)link, limits: limits => limits with { ReservedPorts = taken });
        var alice = new IrcClient(home.Add("alice", 10, new Oscar.Styles.Libpurple()).Host, "alice");
        var bob = new IrcClient(internet.AddPublic("bob", "198.51.100.77", new Oscar.Styles.Libpurple()).Host, "bob");
        var server = new IrcServer(internet.AddPublic("irc", "198.51.100.8", new Oscar.Styles.Libpurple()).Host);
        internet.Simulation.Start(async () => await alice.ConnectAsync(server.Endpoint));
        internet.Simulation.Start(async () => await bob.ConnectAsync(server.Endpoint));
        Assert.That(internet.Simulation.RunUntil(() => alice.IsWelcome && bob.IsWelcome, 60 * Simulation.Second), internet.Explain());

        // Full segments before the offer, and behind it.
        List<string> fromAlice = Talk(internet, alice, "bob", 400);
        byte[] file = internet.Simulation.Random.Bytes(30_000);
        alice.SendFile("bob", file, Port);
        fromAlice.AddRange(Talk(internet, alice, "bob", 2_000));
        List<string> fromBob = Talk(internet, bob, "alice", 2_000);
        Assert.That(internet.Simulation.RunUntil(() => bob.Files.Count == 1, 300 * Simulation.Second), internet.Explain());
        bob.Partial = file[..10_000];
        alice.SendFile("bob", file, Port + 1);
        fromAlice.AddRange(Talk(internet, alice, "bob", 400));
        bool isDone = internet.Simulation.RunUntil(
            () => bob.Files.Count == 2 && bob.Heard.Count == fromAlice.Count && alice.Heard.Count == fromBob.Count, 900 * Simulation.Second);
        Assert.That(isDone, $"{bob.Files.Count} files, {bob.Heard.Count} of {fromAlice.Count}, {alice.Heard.Count} of {fromBob.Count}");
        Assert.That(bob.Files.Select(one => one.Bytes.ToArray()), Is.All.EqualTo(file));
        Assert.That(bob.Heard, Is.EqualTo(fromAlice));
        Assert.That(alice.Heard, Is.EqualTo(fromBob));
        Assert.That(home.Gateway.Gateway.Count(Reason.OfferRewritten), Is.GreaterThanOrEqualTo(2));
        internet.Simulation.Start(() =>
        {
            alice.Quit();
            bob.Quit();
            return Task.CompletedTask;
        });
        Assert.That(internet.Simulation.RunUntil(() => alice.IsGone && bob.IsGone, 60 * Simulation.Second), "both come to an end");
        Assert.That(internet.Simulation.Failures, Is.Empty);
    }

    private static List<string> Talk(Internet internet, IrcClient from, string to, int lines)
    {
        List<string> said = [.. Enumerable.Range(0, lines).Select(i => $"{i} {Convert.ToHexString(internet.Simulation.Random.Bytes(internet.Simulation.Random.Below(200)))}")];
        said.ForEach(line => from.Say(to, line));
        return said;
    }
}
