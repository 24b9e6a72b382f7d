using ReAim.Alg.Tests.Irc;
using ReAim.Alg.Tests.Msn;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Streams;

/// <summary>Connections are guarded before their lengths change: then nothing of theirs passes without the engine, and their bytes stay right.</summary>
[TestFixture]
internal sealed class GuardTests
{
    private static readonly Ipv4Address s_short = Addresses.Parse("1.2.3.4");

    [Test]
    public void An_offer_that_becomes_shorter_has_its_connection_guarded_and_one_that_does_not_has_not()
    {
        var guard = new RecordingGuard();
        (_, Conversation flow) = IrcGateway.SignOn(IrcGateway.Options() with { Guard = guard });
        flow.Say(IrcGateway.Send(Addresses.Alice, 5_000));
        Assert.That(guard.Asked, Is.Zero, "of equal length");
        (_, flow) = IrcGateway.SignOn(IrcGateway.Options(s_short) with { Guard = guard });
        flow.Say(IrcGateway.Send(Addresses.Alice, 5_000));
        Assert.That(guard.Guarded, Is.EqualTo(new[] { flow.Key }));
        flow.Say(IrcGateway.Send(Addresses.Alice, 5_001));
        Assert.That(guard.Asked, Is.EqualTo(1));
        Assert.That(IrcGateway.Heard(flow, Direction.Outbound), Is.EqualTo(IrcGateway.Send(s_short, 5_000) + IrcGateway.Send(s_short, 5_001)));
    }

    [Test]
    public void Where_nobody_guards_it_an_offer_stays_as_it_is_and_opens_nothing()
    {
        (Gateway gateway, Conversation flow) = IrcGateway.SignOn(IrcGateway.Options(s_short) with { Guard = new RecordingGuard { Guards = false } });
        string text = IrcGateway.Send(Addresses.Alice, 5_000) + "PRIVMSG bob :after\r\n";
        flow.Say(text);
        Assert.That(IrcGateway.Heard(flow, Direction.Outbound), Is.EqualTo(text));
        Assert.That((gateway.Count(Reason.NotGuarded), gateway.Count(Reason.OfferRewritten), gateway.Mappings.Count), Is.EqualTo((1L, 0L, 0)));
        Assert.That(gateway.Effects.Count(effect => effect is { Kind: EffectKind.OfferPassed, Reason: Reason.NotGuarded }), Is.EqualTo(1));
    }

    [Test]
    public void The_same_holds_for_MSN()
    {
        var guard = new RecordingGuard { Guards = false };
        (Gateway gateway, Conversation flow) = MsnGateway.SignOn(IrcGateway.Options(s_short) with { Guard = guard });
        string text = MsnGateway.Message(MsnGateway.Accept(Addresses.Alice, 5_000));
        flow.Say(text);
        Assert.That(MsnGateway.Heard(flow, Direction.Outbound), Is.EqualTo(text));
        Assert.That((gateway.Count(Reason.NotGuarded), gateway.Mappings.Count), Is.EqualTo((1L, 0)));
        guard.Guards = true;
        flow.Say(MsnGateway.Message(MsnGateway.Accept(Addresses.Alice, 5_001, cookie: 8)));
        Assert.That(MsnGateway.Heard(flow, Direction.Outbound)[text.Length..], Is.EqualTo(MsnGateway.Message(MsnGateway.Accept(s_short, 5_001, cookie: 8))));
        Assert.That(guard.Guarded, Is.EqualTo(new[] { flow.Key }));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void The_port_of_a_file_that_is_resumed_stays_as_it_is_where_nobody_guards_it(bool guards)
    {
        // The address has a digit less and the port one more: the offer keeps its length, its port alone does not.
        var guard = new RecordingGuard();
        (Gateway gateway, Conversation flow) = IrcGateway.SignOn(IrcGateway.Remapping(Addresses.Parse("50.0.113.7")) with { Guard = guard });
        flow.Say(IrcGateway.Send(Addresses.Alice, 5_000));
        Assert.That((guard.Asked, gateway.Count(Reason.OfferRewritten)), Is.EqualTo((0, 1L)));
        guard.Guards = guards;
        string resume = $":bob PRIVMSG alice :\u0001DCC RESUME file.txt {gateway.Mappings.Single().Public.Port} 100\u0001\r\n";
        flow.Hear(resume);
        Assert.That(IrcGateway.Heard(flow, Direction.Inbound), guards ? Does.Contain("RESUME file.txt 5000 100") : Is.EqualTo(resume));
        Assert.That(gateway.Count(Reason.NotGuarded), Is.EqualTo(guards ? 0 : 1));
    }

    [Test]
    public void No_host_has_more_guarded_connections_than_its_share_and_others_have_theirs()
    {
        var guard = new RecordingGuard();
        EngineOptions options = IrcGateway.Options(s_short) with { Guard = guard, MaxGuardedFlowsPerHost = 2, MaxGuardedFlows = 3 };
        var gateway = new Gateway(options) { Marks = [] };
        Conversation[] flows = [.. Enumerable.Range(0, 3).Select(i => Offer(gateway, Addresses.Alice, (ushort)(40_000 + i))), Offer(gateway, Addresses.Dave, 40_000)];
        Assert.That(guard.Guarded, Is.EquivalentTo(new[] { flows[0].Key, flows[1].Key, flows[3].Key }));
        Assert.That(gateway.Count(Reason.NotGuarded), Is.EqualTo(1));
        flows[0].Client([], TcpFlags.Rst);
        gateway.WaitSeconds(61);
        Offer(gateway, Addresses.Alice, 40_010);
        Assert.That(guard.Guarded, Has.Count.EqualTo(3), "one is over, another takes its place");
    }

    [Test]
    public void A_connection_stays_guarded_until_it_is_over()
    {
        var guard = new RecordingGuard();
        (Gateway gateway, Conversation flow) = IrcGateway.SignOn(IrcGateway.Options(s_short) with { Guard = guard, FlowIdleTime = 100 * EngineOptions.Second });
        flow.Say(IrcGateway.Send(Addresses.Alice, 5_000));
        gateway.WaitSeconds(200);
        Assert.That((gateway.Engine.FlowCount, guard.Guarded.Count), Is.EqualTo((0, 1)), "forgotten, because nobody said anything");
        flow.Say("PRIVMSG bob :after\r\n");
        Assert.That(gateway.Reset, Is.EqualTo(1), "its numbers are nobody's now");
    }

    [TestCase(FlowStanding.None, TestName = "also without a mark")]
    [TestCase(FlowStanding.Watched, TestName = "also with the mark of a new one")]
    [TestCase(FlowStanding.Verified, TestName = "also with the mark from before")]
    [TestCase(FlowStanding.Translated, TestName = "with its mark")]
    public void What_an_engine_before_this_one_had_guarded_is_reset(FlowStanding standing)
    {
        var guard = new RecordingGuard();
        (Gateway gateway, Conversation flow) = IrcGateway.SignOn(IrcGateway.Options(s_short) with { Guard = guard });
        flow.Say(IrcGateway.Send(Addresses.Alice, 5_000));
        int before = gateway.Departures.Count;
        gateway.Restart();
        gateway.Marks![flow.Key] = standing;
        flow.Say("PRIVMSG bob :after\r\n");
        flow.Hear(":bob PRIVMSG alice :after\r\n");
        Assert.That(gateway.Reset, Is.EqualTo(2));
        Assert.That(gateway.Departures.Skip(before).Any(packet => packet.Bytes.AsSpan().IndexOf("after"u8) >= 0), Is.False);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_SYN_at_such_a_connection_begins_a_new_one_only_when_it_is_answered(bool isAnswered)
    {
        var guard = new RecordingGuard();
        (Gateway gateway, Conversation flow) = IrcGateway.SignOn(IrcGateway.Options(s_short) with { Guard = guard });
        flow.Say(IrcGateway.Send(Addresses.Alice, 5_000));
        gateway.Restart();
        var next = new Conversation(gateway, flow.Key.Lan, flow.Key.Remote, 0x6666_0000, 0x7777_0000);
        if (isAnswered)
        {
            next.Handshake();
            next.Say("NICK alice\r\n");
            Assert.That((gateway.Reset, guard.Guarded.Count), Is.EqualTo((0, 0)));
            Assert.That(next.Received(Direction.Outbound), Is.EqualTo("NICK alice\r\n"u8.ToArray()));
            return;
        }

        gateway.Send(Direction.Outbound, next.Packet(Direction.Outbound, -1, [], TcpFlags.Syn));
        flow.Say("PRIVMSG bob :after\r\n");
        Assert.That((gateway.Reset, guard.Guarded.Count), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Rules_that_were_missing_cost_a_guarded_connection_nothing()
    {
        var guard = new RecordingGuard();
        (Gateway gateway, Conversation flow) = IrcGateway.SignOn(IrcGateway.Options(s_short) with { Guard = guard });
        flow.Say(IrcGateway.Send(Addresses.Alice, 5_000));
        int lost = flow.ReserveClient(20);
        flow.Say("PRIVMSG bob :behind\r\n");
        gateway.NoteUnseen();
        flow.ClientAt(lost, "PRIVMSG bob :stopped"u8.ToArray()[..18].Concat("\r\n"u8.ToArray()).ToArray());
        flow.Say(IrcGateway.Send(Addresses.Alice, 5_001));
        Assert.That(IrcGateway.Heard(flow, Direction.Outbound), Does.EndWith(IrcGateway.Send(s_short, 5_001)));
        Assert.That((gateway.Count(Reason.OfferRewritten), gateway.Count(Reason.BytesMissed)), Is.EqualTo((2L, 0L)));
    }

    private static Conversation Offer(Gateway gateway, Ipv4Address host, ushort port)
    {
        var flow = new Conversation(gateway, new(host, port), new(Addresses.Server, 6_667));
        flow.Handshake();
        flow.Say(IrcGateway.ClientRegistration);
        flow.Hear(IrcGateway.ServerWelcome);
        flow.Say(IrcGateway.Send(host, 5_000 + port));
        return flow;
    }
}
