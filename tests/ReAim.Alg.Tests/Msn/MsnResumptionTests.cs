using System.Globalization;
using ReAim.Alg.Tests.Irc;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.Msn.MsnGateway;

namespace ReAim.Alg.Tests.Msn;

/// <summary>Switchboards whose lengths are unchanged outlive a worker, and bytes that went by unseen: three commands bring the help back.</summary>
[TestFixture]
internal sealed class MsnResumptionTests
{
    // As many characters as Alice's, 192.168.7.10.
    private static readonly Ipv4Address s_outside = Addresses.Parse("203.0.113.77");

    private int _transaction;

    [SetUp]
    public void Number_commands_from_somewhere() => _transaction = 20;

    private static FlowStanding Standing(Gateway gateway) => gateway.Marks!.Values.Single();

    private static string Last(Gateway gateway) => System.Text.Encoding.Latin1.GetString(gateway.Departures[^1].Bytes[40..]);

    private string Numbered(string payload) => string.Create(CultureInfo.InvariantCulture, $"MSG {++_transaction} N {payload.Length}\r\n{payload}");

    private string Word() => Numbered("MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nMSG 1 N 5\r\nMSG");

    private bool IsHelped(Conversation flow)
    {
        flow.Say(Numbered(Accept(Addresses.Alice, 5_000)));
        return Last(flow.Gateway).EndsWith(Accept(s_outside, 5_000), StringComparison.Ordinal);
    }

    private static (Gateway Gateway, Conversation Flow) Restarted()
    {
        (Gateway gateway, Conversation flow) = SignOn(IrcGateway.Options(s_outside));
        gateway.Restart();
        return (gateway, flow);
    }

    [Test]
    public void An_offer_whose_text_keeps_its_length_leaves_the_connection_one_that_needs_no_translation()
    {
        (Gateway gateway, Conversation flow) = SignOn(IrcGateway.Options(s_outside));
        Assert.That(IsHelped(flow), Is.True);
        flow.Say(Numbered(PeerToPeer(Transport(Addresses.Alice, 5_001))));
        Assert.That(Last(gateway), Does.EndWith(PeerToPeer(Transport(s_outside, 5_001))));
        Assert.That(Standing(gateway), Is.EqualTo(FlowStanding.Verified));
    }

    [Test]
    public void A_shorter_address_and_a_longer_port_that_make_up_for_each_other_are_one_edit()
    {
        Ipv4Address outside = Addresses.Parse("203.0.113.7");
        (Gateway gateway, Conversation flow) = SignOn(IrcGateway.Remapping(outside));
        flow.Say(Numbered(Accept(Addresses.Alice, 5_000)));
        Assert.That(Last(gateway), Does.EndWith(Accept(outside, 61_000)));
        Assert.That(Standing(gateway), Is.EqualTo(FlowStanding.Verified));
    }

    [Test]
    public void Three_commands_of_the_client_bring_the_help_back()
    {
        (Gateway gateway, Conversation flow) = Restarted();
        for (int i = 0; i < 3; i++)
        {
            Assert.That(gateway.Count(Reason.Resumed), Is.Zero);
            string word = Word();
            flow.Say(word[..30]);
            flow.Say(word[30..]);
        }

        Assert.That((gateway.Count(Reason.Resumed), gateway.Held), Is.EqualTo((1L, 0)));
        Assert.That(IsHelped(flow), Is.True);
        flow.Hear(Passed(Invitation("Invitation-Command: CANCEL\r\nInvitation-Cookie: 7\r\n")));
        flow.Hear("NAK 3\r\nACK 4\r\n");
        flow.Hear("217 5\r\n");
        flow.Hear(Passed(Invitation("Invitation-Command: CANCEL\r\nInvitation-Cookie: 7\r\n")));
        Assert.That(gateway.Mappings, Is.Empty, "and the server is read too");
    }

    [Test]
    public void Commands_whose_numbers_do_not_rise_or_that_nobody_says_prove_nothing()
    {
        (Gateway gateway, Conversation flow) = Restarted();
        for (int i = 0; i < 4; i++)
        {
            flow.Say("MSG 7 N 1\r\nx");
            flow.Say("GET 8 N 1\r\nx");
        }

        Assert.That(gateway.Count(Reason.Resumed), Is.Zero);
        Assert.That(IsHelped(flow), Is.False);
    }

    [Test]
    public void A_payload_of_which_only_the_end_was_seen_is_passed_over()
    {
        (_, Conversation flow) = Restarted();
        flow.Say(Word()[^12..]);
        flow.Say(Word());
        flow.Say(Word() + Word());
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void Lines_of_irc_in_a_text_are_a_text()
    {
        (Gateway gateway, Conversation flow) = Restarted();
        string lines = string.Concat(Enumerable.Repeat("PRIVMSG bob :hi\r\n", 3)) + IrcGateway.Send(Addresses.Alice, 8_080);
        string Talk() => Numbered($"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nx\r\n{lines}");
        flow.Say(Talk()[60..]);
        Assert.That(gateway.Count(Reason.Resumed), Is.Zero);
        for (int i = 0; i < 3; i++)
        {
            flow.Say(Talk());
        }

        Assert.That((gateway.Count(Reason.Resumed), gateway.Engine.MappingCount, gateway.Departures.Count(departure => departure.Edited)), Is.EqualTo((1L, 0, 0)));
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void A_word_that_went_by_unseen_costs_three_commands()
    {
        (Gateway gateway, Conversation flow) = SignOn(IrcGateway.Options(s_outside));
        flow.Say(Word());
        flow.ReserveClient(Word().Length);
        gateway.NoteUnseen();
        flow.Say(Word());
        flow.Say(Word());
        Assert.That((gateway.Held, gateway.Count(Reason.Resumed)), Is.EqualTo((0, 0L)));
        flow.Say(Word());
        Assert.That((IsHelped(flow), Standing(gateway)), Is.EqualTo((true, FlowStanding.Verified)));
    }

    [Test]
    public void The_rest_of_a_message_that_went_by_unseen_costs_nothing_because_its_end_is_known()
    {
        (Gateway gateway, Conversation flow) = SignOn(IrcGateway.Options(s_outside));
        string offer = Numbered(Accept(Addresses.Alice, 5_000));
        flow.Say(offer[..60]);
        flow.ReserveClient(offer.Length - 60);
        gateway.NoteUnseen();
        flow.Say(Word());
        Assert.That(gateway.Held, Is.Zero);
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void A_notification_server_is_known_again_by_what_its_client_says()
    {
        (Gateway gateway, Conversation flow) = SignOn(client: "VER 1 MSNP8 CVR0\r\n", server: "VER 1 MSNP8\r\n");
        gateway.Restart();
        flow.Say("PNG\r\n");
        flow.Say("CHG 9 NLN\r\nPNG\r\n");
        Assert.That(gateway.Count(Reason.Resumed), Is.EqualTo(1));
        flow.Hear("QNG 50\r\nNLN NLN bob@example.net Bob\r\nCHG 9 NLN\r\n");
        flow.Hear("XFR 10 SB 198.51.100.9:1864 CKI 1.2.3\r\n");
        Assert.That(gateway.Effects.Single(effect => effect.Kind == EffectKind.ExpectServer && effect.Server!.Port == 1_864).Server!.Host, Is.EqualTo("198.51.100.9"));
    }
}
