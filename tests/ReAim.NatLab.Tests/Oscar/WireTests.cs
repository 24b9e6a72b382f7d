using ReAim.Alg.Tests.World;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar.Styles;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>What of all this is seen on the wire.</summary>
[TestFixture]
internal sealed class WireTests
{
    [Test]
    public void The_servers_FLAPs_arrive_in_five_pieces()
    {
        OscarWorld world = Meet(new Libpurple(), new Libpurple(), out List<Seen> seen);
        world.Alice.SendIm("bob", "hello");
        world.Simulation.Run(Simulation.Second);
        int[] lengths = [.. seen.Where(packet => packet.From == world.Server.Endpoint.Address && packet.To == world.Bob.Host.Address).Select(packet => packet.Payload.Length)];

        // A delayed acknowledgement may bring the last one again.
        Assert.That(lengths[..4], Is.EqualTo(new[] { 1, 1, 2, 2 }));
        Assert.That(lengths[4..], Is.Not.Empty.And.All.EqualTo(lengths[4]));
    }

    [TestCase(false, 45)]
    [TestCase(true, 0)]
    public void A_cut_offer_leaves_in_two_segments_and_with_Nagle_the_second_waits_for_the_acknowledgement(bool noDelay, int milliseconds)
    {
        OscarWorld world = Meet(new Kopete(), new Libpurple(), out List<Seen> seen, noDelay);
        world.Alice.CutNextOfferAt = 77;
        world.Alice.OfferFile("bob", [1, 2, 3]);
        world.Simulation.RunUntil(() => seen.Count(FromAlice) == 2, Simulation.Second);
        Seen[] parts = [.. seen.Where(FromAlice)];
        Assert.That(parts[0].Payload, Has.Length.EqualTo(77));
        Assert.That(parts[0].Payload[0], Is.EqualTo(0x2A));
        Assert.That(parts[1].Time - parts[0].Time, Is.EqualTo(milliseconds * Simulation.Millisecond).Within(8 * Simulation.Millisecond));
        bool FromAlice(Seen packet) => packet.From == world.Alice.Host.Address;
    }

    [Test]
    public void Every_packet_is_sound_and_the_same_seed_gives_the_same_packets()
    {
        string[] runs = [.. Enumerable.Range(0, 2).Select(_ => Trace(5)), Trace(6)];
        Assert.That(runs[0], Is.EqualTo(runs[1]));
        Assert.That(runs[0], Is.Not.EqualTo(runs[2]));

        static string Trace(uint seed)
        {
            OscarWorld world = Meet(new Libpurple(), new Joscar(), out List<Seen> seen, seed: seed);
            world.RunToEnd(world.Alice.OfferFile("bob", world.Simulation.Random.Bytes(30_000)), world.Bob);
            return string.Join('\n', seen.Select(packet => $"{packet.Time} {packet.From} {packet.To} {Convert.ToHexString(packet.Payload)}"));
        }
    }

    [Test]
    public void Over_bad_links_sessions_end_whole_or_say_that_they_did_not([Range(1, 20)] int seed)
    {
        var dice = new Dice((ulong)seed);
        var world = new OscarWorld(dice.Pick(AllStyles.List), dice.Pick(AllStyles.List), dice.Pick(Enum.GetValues<ServerStyle>()), (uint)seed);
        world.SignOn();
        foreach (Link link in world.Links)
        {
            link.Options = new LinkOptions { Latency = 20 * Simulation.Millisecond, Loss = 0.02, Duplication = 0.02, Reordering = 0.02 };
        }

        world.AliceDoor.IsClosed = dice.Chance(0.5);
        world.BobDoor.IsClosed = dice.Chance(0.3);
        RendezvousSession[] sessions = [world.Alice.OfferFile("bob", dice.Bytes(100_000)), world.Alice.OfferDirectIm("bob", ["one", "two", "three"])];
        foreach (RendezvousSession session in sessions)
        {
            RendezvousSession other = world.RunToEnd(session, world.Bob, 3_600);
            Assert.That(session.Succeeded && other.Succeeded, Is.True, $"{session}; {other}");
            Assert.That((other.Received.Hash, session.Received.Hash), Is.EqualTo((session.Sent.Hash, other.Sent.Hash)));
        }
    }

    private sealed record Seen(long Time, Alg.Wire.Ipv4Address From, Alg.Wire.Ipv4Address To, byte[] Payload);

    /// <summary>Both signed on; from then on every segment with payload that leaves towards the router or arrives from it is seen.</summary>
    private static OscarWorld Meet(ClientStyle alice, ClientStyle bob, out List<Seen> seen, bool noDelay = false, uint seed = 1)
    {
        var world = new OscarWorld(alice, bob, seed: seed);
        (world.Alice.NoDelay, world.Bob.NoDelay) = (noDelay, noDelay);
        world.SignOn();
        world.Simulation.Run(Simulation.Second);
        var packets = new List<Seen>();
        seen = packets;
        foreach (Link link in world.Links)
        {
            link.Tap = crossing =>
            {
                if (crossing.IsLeaving && crossing.End == link.A)
                {
                    PacketJudge.AssertSound(crossing.Datagram);
                    if (IncomingSegment.TryParse(crossing.Datagram, out IncomingSegment segment) && segment.Payload.Length > 0)
                    {
                        packets.Add(new Seen(crossing.Time, segment.Source.Address, segment.Destination.Address, segment.Payload.ToArray()));
                    }
                }
            };
        }

        return world;
    }
}
