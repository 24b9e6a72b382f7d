using System.Text;
using ReAim.Alg.Tests.Irc;
using ReAim.Alg.Tests.Msn;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Trust;

/// <summary>Whoever fills tables fills them up to their caps; memory stays bounded, and who was served before is served on.</summary>
[TestFixture]
internal sealed class ExhaustionTests
{
    private const int MaxFlows = 65_536;

    [Test]
    public void A_million_connects_that_nobody_answers_push_out_each_other_and_never_a_client()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var crowd = new Crowd(Gateway.Options());
        crowd.SignOn(0);
        for (int member = 1; member <= 1_000_000; member++)
        {
            crowd.Syn(member);
        }

        double megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
        TestContext.Out.WriteLine($"{crowd.Engine.FlowCount} flows, {megabytes:F1} MB");
        Assert.That(crowd.Engine.FlowCount, Is.EqualTo(MaxFlows));
        Assert.That(crowd.Engine.Reasons[Reason.FlowTableFull], Is.EqualTo(1_000_001 - MaxFlows));
        Assert.That(megabytes, Is.LessThan(64));
        crowd.Say(0, Messages.Offer(Crowd.Member(0).Address, 6_000));
        Assert.That(crowd.Mappings, Has.Count.EqualTo(1));
        Assert.That(crowd.Left, Is.EqualTo(crowd.Sent));
        crowd.WaitSeconds(130);
        Assert.That(crowd.Engine.FlowCount, Is.EqualTo(1), "half-open ones are forgotten");
    }

    [Test]
    public void When_65536_clients_are_signed_on_the_next_one_passes_without_help_and_all_others_keep_theirs()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var crowd = new Crowd(Gateway.Options());
        for (int member = 0; member < MaxFlows + 100; member++)
        {
            crowd.SignOn(member);
        }

        double megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
        TestContext.Out.WriteLine($"{crowd.Engine.FlowCount} flows, {megabytes:F1} MB");
        Assert.That(crowd.Engine.FlowCount, Is.EqualTo(MaxFlows));
        Assert.That(megabytes, Is.LessThan(64));
        crowd.Say(MaxFlows + 50, Messages.Offer(Crowd.Member(MaxFlows + 50).Address, 6_000));
        Assert.That(crowd.Mappings, Is.Empty);
        crowd.Say(17, Messages.Offer(Crowd.Member(17).Address, 6_000));
        Assert.That(crowd.Mappings, Has.Count.EqualTo(1));
        Assert.That(crowd.Left, Is.EqualTo(crowd.Sent));
    }

    [Test]
    public void Messages_that_are_never_finished_hold_no_more_than_the_cap_and_nobody_for_more_than_a_second([Values(1, 8)] int hosts)
    {
        // So many on each host, the last one on a host of its own.
        int[] members = [.. Enumerable.Range(0, 1_999).Select(number => ((number % hosts) << 14) + (number / hosts)), hosts << 14];
        var crowd = new Crowd(Gateway.Options());
        foreach (int member in members)
        {
            crowd.SignOn(member);
        }

        foreach (int member in members[..^1])
        {
            crowd.Say(member, Messages.Offer(Crowd.Member(member).Address, 6_000)[..^10]);
        }

        Assert.That(crowd.MostHeld, Is.EqualTo(hosts == 1 ? 64 : 256));
        Assert.That(crowd.Engine.Reasons[Reason.HoldLimit], Is.Positive);
        if (hosts > 1)
        {
            crowd.WaitSeconds(1.01);
            Assert.That(crowd.Held, Is.Zero);
            Assert.That(crowd.Left, Is.EqualTo(crowd.Sent));
        }

        crowd.Say(members[^1], Messages.Offer(Crowd.Member(members[^1]).Address, 6_000));
        Assert.That(crowd.Mappings, Has.Count.EqualTo(1));
    }

    [Test]
    public void Long_messages_that_are_never_finished_take_no_more_room_than_the_cap()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var crowd = new Crowd(Gateway.Options());
        byte[] half = Messages.Rendezvous(0, Messages.DirectIm, 1, "bob", [Messages.Tlv(0x000C, new byte[12_000])])[..1_400];
        for (int member = 0; member < 10_000; member++)
        {
            crowd.SignOn(member);
            crowd.Say(member, half);
        }

        double megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
        TestContext.Out.WriteLine($"{megabytes:F1} MB");
        Assert.That(crowd.Engine.Reasons[Reason.AssemblyLimit], Is.Positive);
        Assert.That(megabytes, Is.LessThan(24));
        crowd.WaitSeconds(1.01);
        Assert.That(crowd.Left, Is.EqualTo(crowd.Sent));
    }

    private static IEnumerable<TestCaseData> TextProtocols()
    {
        yield return new TestCaseData((ushort)6667, IrcGateway.ClientRegistration, IrcGateway.ServerWelcome, "PRIVMSG bob :\u0001DCC SEND ", IrcGateway.Send(Crowd.Member(9_999).Address, 6_000)).SetArgDisplayNames("lines of IRC");
        yield return new TestCaseData((ushort)1863, MsnGateway.Caller, MsnGateway.Welcome, "MSG 4 N 400\r\nMIME", MsnGateway.Message(MsnGateway.Accept(Crowd.Member(9_999).Address, 6_000))).SetArgDisplayNames("messages of MSN");
    }

    [TestCaseSource(nameof(TextProtocols))]
    public void What_is_begun_and_never_finished_takes_no_more_room_than_the_cap_and_others_are_served(ushort port, string client, string server, string begun, string offer)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var crowd = new Crowd(IrcGateway.Options(), port);
        for (int member = 0; member < 9_999; member++)
        {
            crowd.SignOn(member, Encoding.Latin1.GetBytes(client), Encoding.Latin1.GetBytes(server));
            crowd.Client(member, client.Length, server.Length, Encoding.Latin1.GetBytes(begun));
        }

        double megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
        TestContext.Out.WriteLine($"{megabytes:F1} MB");
        Assert.That(crowd.Engine.Reasons[Reason.AssemblyLimit], Is.Positive);
        Assert.That(megabytes, Is.LessThan(24));
        crowd.WaitSeconds(1.01);
        Assert.That(crowd.Left, Is.EqualTo(crowd.Sent));
        crowd.SignOn(9_999, Encoding.Latin1.GetBytes(client), Encoding.Latin1.GetBytes(server));
        crowd.Client(9_999, client.Length, server.Length, Encoding.Latin1.GetBytes(offer));
        Assert.That(crowd.Mappings, Has.Count.EqualTo(1), "one that comes whole needs no room");
    }

    [Test]
    public void Segments_out_of_the_window_keep_no_place_and_starve_nobody()
    {
        var crowd = new Crowd(Gateway.Options());
        crowd.SignOn(0);
        crowd.SignOn(1);
        var random = new Random(1);
        for (int i = 0; i < 100_000; i++)
        {
            crowd.Client(0, random.Next(100_000, int.MaxValue), 0, [0x2A, 2, 0, 0, 0xFF]);
        }

        Assert.That(crowd.Held, Is.LessThanOrEqualTo(16));
        crowd.Say(1, Messages.Offer(Crowd.Member(1).Address, 6_000)[..^10]);
        Assert.That(crowd.Held, Is.GreaterThan(0));
        crowd.WaitSeconds(1.01);
        Assert.That((crowd.Held, crowd.Left), Is.EqualTo((0, crowd.Sent)));
    }

    [Test]
    public void A_flood_of_connects_to_a_mapped_port_does_not_keep_the_true_peer_out()
    {
        var crowd = new Crowd(Gateway.Options());
        crowd.SignOn(0);
        Ipv4Endpoint alice = Crowd.Member(0) with { Port = 6_000 };
        crowd.Say(0, Messages.Offer(alice.Address, alice.Port));
        for (int i = 0; i < 200_000; i++)
        {
            Connect(crowd, alice, new Ipv4Endpoint(new Ipv4Address(0xCB00_7200u + (uint)(i / 60_000)), (ushort)(1 + (i % 60_000))), completes: false);
        }

        Assert.That(crowd.Engine.Reasons[Reason.PeerLimit], Is.EqualTo(200_000 - 65_536));
        Connect(crowd, alice, new Ipv4Endpoint(Addresses.Bob, 40_000), completes: true);
        Assert.That(crowd.Connected, Is.EqualTo(1));
        Assert.That(crowd.Left, Is.EqualTo(crowd.Sent));
    }

    private static void Connect(Crowd crowd, Ipv4Endpoint alice, Ipv4Endpoint peer, bool completes)
    {
        crowd.Send(Direction.Inbound, alice, peer, 7_000, 0, TcpFlags.Syn, []);
        if (completes)
        {
            crowd.Send(Direction.Outbound, alice, peer, 9_000, 7_001, TcpFlags.Syn | TcpFlags.Ack, []);
            crowd.Send(Direction.Inbound, alice, peer, 7_001, 9_001, TcpFlags.Ack, []);
        }
    }
}
