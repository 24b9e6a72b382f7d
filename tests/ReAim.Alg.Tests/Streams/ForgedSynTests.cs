using ReAim.Alg.Tests.Irc;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Streams;

/// <summary>A SYN at a connection that is in use: anybody on the LAN can write one, and the server's answer tells whether it is the client's.</summary>
[TestFixture]
internal sealed class ForgedSynTests
{
    private const uint Forged = 0x6666_0000;

    [TestCase(1)]
    [TestCase(5_000)]
    public void It_changes_nothing(int times)
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        for (uint i = 0; i < times; i++)
        {
            Syn(gateway, flow, Forged + (i * 7_919));
        }

        flow.Client(Offer(Addresses.Alice, 5190));
        Assert.That((gateway.Count(Reason.OfferRewritten), gateway.Count(Reason.Closed), gateway.Engine.FlowCount), Is.EqualTo((1L, 0L, 1)));
    }

    [TestCase(0)]
    [TestCase(2)]
    public void A_SYN_ACK_that_answers_no_such_SYN_changes_nothing_either(int off)
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        Syn(gateway, flow, Forged);
        gateway.Send(Direction.Inbound, new TcpPacket(flow.Key.Remote, flow.Key.Lan, 0x7777_0000, Forged + (uint)off, TcpFlags.Syn | TcpFlags.Ack, []).Build());
        flow.Client(Offer(Addresses.Alice, 5190));
        Assert.That((gateway.Count(Reason.OfferRewritten), gateway.Count(Reason.Closed)), Is.EqualTo((1L, 0L)));
    }

    [Test]
    public void Answered_it_is_a_new_connection_and_the_old_one_is_over()
    {
        var gateway = new Gateway();
        Conversation old = Conversation.SignOn(gateway);
        old.Client(Offer(Addresses.Alice, 5190));
        Conversation flow = Conversation.SignOn(gateway, clientStart: 0x7000_0000, serverStart: 0x7100_0000);
        Assert.That((gateway.Count(Reason.Closed), gateway.Count(Reason.Recognised), gateway.Engine.FlowCount), Is.EqualTo((1L, 2L, 1)));
        gateway.WaitSeconds(61);
        Assert.That(gateway.Mappings, Is.Empty, "as after a sign-off");
        flow.Client(Offer(Addresses.Alice, 5191, cookie: 2));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
    }

    [Test]
    public void Where_lengths_were_changed_every_later_byte_has_its_number()
    {
        (Gateway gateway, Conversation flow) = IrcGateway.SignOn(IrcGateway.Options(Addresses.Parse("1.2.3.4")));
        flow.Say(IrcGateway.Send(Addresses.Alice, 5_000));
        Syn(gateway, flow, Forged);
        flow.Say("PRIVMSG bob :after\r\n");
        Assert.That(IrcGateway.Heard(flow, Direction.Outbound), Does.EndWith(IrcGateway.Send(Addresses.Parse("1.2.3.4"), 5_000) + "PRIVMSG bob :after\r\n"));
        Assert.That(gateway.Reset, Is.Zero);
    }

    private static void Syn(Gateway gateway, Conversation flow, uint sequence) =>
        gateway.Send(Direction.Outbound, new TcpPacket(flow.Key.Lan, flow.Key.Remote, sequence, 0, TcpFlags.Syn, []).Build());
}
