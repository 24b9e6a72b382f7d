using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.Irc.IrcGateway;

namespace ReAim.Alg.Tests.Irc;

/// <summary>IRC connections whose lengths are unchanged outlive a worker, and bytes that went by unseen: three lines bring the help back.</summary>
[TestFixture]
internal sealed class IrcResumptionTests
{
    private const string Word = "PRIVMSG bob :hello\r\n";

    private static (Gateway Gateway, Conversation Flow) Restarted()
    {
        (Gateway gateway, Conversation flow) = SignOn();
        gateway.Restart();
        return (gateway, flow);
    }

    private static FlowStanding Standing(Gateway gateway) => gateway.Marks!.Values.Single();

    /// <summary>What left last.</summary>
    private static string Last(Gateway gateway) => System.Text.Encoding.Latin1.GetString(gateway.Departures[^1].Bytes[40..]);

    private static bool IsHelped(Conversation flow)
    {
        flow.Say(Send(Addresses.Alice, 5_000));
        return Last(flow.Gateway) == Send(Addresses.Gateway, 5_000);
    }

    [Test]
    public void An_offer_whose_text_keeps_its_length_leaves_the_connection_one_that_needs_no_translation()
    {
        (Gateway gateway, Conversation flow) = SignOn();
        Assert.That(IsHelped(flow), Is.True);
        Assert.That(Standing(gateway), Is.EqualTo(FlowStanding.Verified));
        flow.Say(Word);
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, flow.ClientLength));
        Assert.That(gateway.Departures.TakeLast(2).Any(departure => departure.Edited), Is.False, "no number is moved");
        gateway.Restart();
        flow.Say(Word);
        Assert.That((gateway.Reset, Last(gateway), Standing(gateway)), Is.EqualTo((0, Word, FlowStanding.Verified)));
    }

    [Test]
    public void A_shorter_address_and_a_longer_port_that_make_up_for_each_other_are_one_edit()
    {
        // Ten digits and four become nine and five.
        Ipv4Address outside = Addresses.Parse("30.1.2.3");
        (Gateway gateway, Conversation flow) = SignOn(Remapping(outside));
        int at = flow.ClientLength;
        flow.Say(Send(Addresses.Alice, 5_000));
        string expected = Send(outside, 61_000);
        Assert.That((Last(gateway), Standing(gateway)), Is.EqualTo((expected, FlowStanding.Verified)));
        string offer = Send(Addresses.Alice, 5_000);
        for (int cut = 1; cut < offer.Length; cut++)
        {
            flow.ClientAt(at, System.Text.Encoding.Latin1.GetBytes(offer[..cut]));
            flow.ClientAt(at + cut, System.Text.Encoding.Latin1.GetBytes(offer[cut..]));
            Assert.That(System.Text.Encoding.Latin1.GetString([.. gateway.Departures[^2].Bytes[40..], .. gateway.Departures[^1].Bytes[40..]]), Is.EqualTo(expected));
        }
    }

    [Test]
    public void A_port_that_is_said_again_with_as_many_digits_is_an_edit_on_both_sides()
    {
        EngineOptions options = Options() with { ReservedPorts = new HashSet<ushort> { 50_000 } };
        (Gateway gateway, Conversation flow) = SignOn(options);
        flow.Say(Send(Addresses.Alice, 50_000));
        flow.Hear(":bob!b@h PRIVMSG alice :\u0001DCC RESUME file.txt 61000 100\u0001\r\n");
        Assert.That(Last(gateway), Does.Contain("RESUME file.txt 50000 100"));
        flow.Say("PRIVMSG bob :\u0001DCC ACCEPT file.txt 50000 100\u0001\r\n");
        Assert.That(Last(gateway), Does.Contain("ACCEPT file.txt 61000 100"));
        Assert.That(Standing(gateway), Is.EqualTo(FlowStanding.Verified));
    }

    [Test]
    public void Three_lines_of_the_client_bring_the_help_back()
    {
        (Gateway gateway, Conversation flow) = Restarted();
        flow.Say(Word);
        flow.Say("@label=7 TAGMSG #c\r\nPONG :x\r\n");
        Effect effect = gateway.Effects.Last(effect => effect.Kind == EffectKind.FlowRecognised);
        Assert.That((effect.Reason, effect.Protocol!.Name, gateway.Count(Reason.Resumed)), Is.EqualTo((Reason.Resumed, "irc", 1L)));
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void Before_that_offers_leave_as_they_came()
    {
        (Gateway gateway, Conversation flow) = Restarted();
        for (int i = 0; i < 3; i++)
        {
            flow.Say(Send(Addresses.Alice, 5_000));
            Assert.That((Last(gateway), gateway.Mappings.Count), Is.EqualTo((Send(Addresses.Alice, 5_000), 0)));
        }

        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void A_line_of_which_only_the_end_was_seen_is_passed_over()
    {
        (_, Conversation flow) = Restarted();
        flow.Say("the end of a long story\r\n" + Word);
        flow.Say(Word + Word);
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void Lines_that_segments_cut_are_found_where_they_are()
    {
        (_, Conversation flow) = Restarted();
        string lines = string.Concat(Enumerable.Repeat(Word, 3));
        flow.Say(lines + Word[..9]);
        flow.Say(Word[9..] + lines[..5]);
        flow.Say(lines[5..]);
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void What_the_server_says_is_read_again_too()
    {
        EngineOptions options = Options() with { ReservedPorts = new HashSet<ushort> { 50_000 } };
        (Gateway gateway, Conversation flow) = SignOn(options);
        gateway.Restart();
        flow.Say(Word + Word + Word);
        flow.Hear(":irc.example.net PONG x\r\n:bob!b@h PRIVMSG alice :hi\r\n@time=2026-11-30T16:00:00Z :irc 372 alice :x\r\n");
        flow.Say(Send(Addresses.Alice, 50_000));
        flow.Hear(":bob!b@h PRIVMSG alice :\u0001DCC RESUME file.txt 61000 100\u0001\r\n");
        Assert.That(Last(gateway), Does.Contain("RESUME file.txt 50000 100"));
    }

    [Test]
    public void What_is_no_irc_is_never_taken_for_it()
    {
        (Gateway gateway, Conversation flow) = Restarted();
        for (int i = 0; i < 5; i++)
        {
            flow.Say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            flow.Say("PRIVMSG bob :x\r\nHELO x\r\nPRIVMSG bob :x\r\nPRIVMSG bob :x\r\nPOST / HTTP/1.1\r\n");
        }

        Assert.That((gateway.Count(Reason.Resumed), IsHelped(flow)), Is.EqualTo((0L, false)));
    }

    [Test]
    public void Lines_of_irc_inside_a_message_of_another_protocol_are_none()
    {
        Gateway gateway = new(Options()) { Marks = [] };
        Conversation flow = Conversation.SignOn(gateway);
        gateway.Restart();
        byte[] message = Messages.InstantMessage($"{Word}{Word}{Word}{Send(Addresses.Alice, 5_000)}");
        flow.Client(message.AsSpan(message.Length / 2));
        foreach (int cut in (int[])[10, 90])
        {
            flow.Client([.. message.AsSpan(cut), .. message]);
        }

        Assert.That((gateway.Engine.MappingCount, gateway.Count(Reason.Resumed), gateway.Departures.Count(departure => departure.Edited)), Is.EqualTo((0, 0L, 0)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_word_that_went_by_unseen_costs_three_lines(bool isNoted)
    {
        (Gateway gateway, Conversation flow) = SignOn();
        flow.ReserveClient(Word.Length);
        if (isNoted)
        {
            gateway.NoteUnseen();
        }
        else
        {
            gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, flow.ClientLength));
        }

        flow.Say(Word);
        flow.Say(Word);
        Assert.That((gateway.Held, gateway.Count(Reason.Resumed)), Is.EqualTo((0, 0L)));
        flow.Say(Word);
        Assert.That((IsHelped(flow), Standing(gateway)), Is.EqualTo((true, FlowStanding.Verified)));
    }

    [Test]
    public void A_word_that_went_by_unseen_ends_the_help_where_lengths_were_changed_and_that_is_said_once()
    {
        (Gateway gateway, Conversation flow) = SignOn(Options(Addresses.Parse("1.2.3.4")));
        flow.Say(Send(Addresses.Alice, 5_000));
        Assert.That(Standing(gateway), Is.EqualTo(FlowStanding.Translated));
        flow.ReserveClient(Word.Length);
        gateway.NoteUnseen();
        for (int i = 0; i < 5; i++)
        {
            flow.Say(Word);
        }

        Effect asked = gateway.Effects.Single(effect => effect.Kind == EffectKind.SignOnNeeded);
        Assert.That((asked.Flow, asked.Protocol!.Name, gateway.Count(Reason.Resumed)), Is.EqualTo((flow.Key, "irc", 0L)));
    }
}
