using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Streams;

/// <summary>What the server says on a connection that the engine meets again: read once its framing is found too.</summary>
[TestFixture]
internal sealed class ServerResumptionTests : ResumptionFixture
{
    [TestCase(true)]
    [TestCase(false)]
    public void What_the_server_says_is_read_again_whichever_side_was_proven_first(bool serverFirst)
    {
        Conversation flow = Restarted();
        if (!serverFirst)
        {
            Resume(flow);
        }

        for (int i = 0; i < 3; i++)
        {
            SendInPieces(flow, NextOfServer());
        }

        if (serverFirst)
        {
            Resume(flow);
        }

        flow.Client(Next(Proposal));
        Assert.That(flow.Gateway.Mappings, Has.Count.EqualTo(1));
        SendInPieces(flow, NextOfServer(Relayed(1, DirectIm, 1, "bob")));
        Assert.That((flow.Gateway.Mappings.Count, flow.Gateway.Count(Reason.Cancelled)), Is.EqualTo((0, 1L)));
    }

    [Test]
    public void What_the_server_says_alone_brings_no_help()
    {
        Conversation flow = Restarted();
        for (int i = 0; i < 5; i++)
        {
            flow.Server(NextOfServer());
        }

        Assert.That(flow.Gateway.Count(Reason.Resumed), Is.Zero);
        Assert.That(IsHelped(flow), Is.False);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(4)]
    [TestCase(6)]
    [TestCase(30)]
    public void The_client_may_be_proven_in_the_middle_of_a_frame_of_the_server(int cut)
    {
        Conversation flow = Restarted();
        for (int i = 0; i < 3; i++)
        {
            flow.Server(NextOfServer());
        }

        byte[] frame = NextOfServer();
        flow.Server(frame.AsSpan(0, cut));
        Resume(flow);
        flow.Client(Next(Proposal));
        flow.Server(frame.AsSpan(cut));
        flow.Server(NextOfServer(Relayed(1, DirectIm, 1, "bob")));
        Assert.That(flow.Gateway.Count(Reason.Cancelled), Is.EqualTo(1));
    }

    [Test]
    public void The_first_frame_of_the_server_that_begins_after_the_client_was_proven_is_read()
    {
        Conversation flow = Restarted();
        flow.Server(Join(NextOfServer(), NextOfServer(), NextOfServer()));
        byte[] cancel = NextOfServer(Relayed(1, DirectIm, 1, "bob"));
        flow.Server(cancel.AsSpan(0, 3));
        Resume(flow);
        flow.Client(Next(Proposal));
        flow.Server(cancel.AsSpan(3));
        Assert.That(flow.Gateway.Count(Reason.Cancelled), Is.EqualTo(1), "even if its header was half sent");
    }

    [Test]
    public void What_the_server_says_before_its_framing_is_found_is_not_read_and_not_edited()
    {
        Conversation flow = Restarted();
        Resume(flow);
        flow.Client(Next(Proposal));
        int at = flow.ServerLength;
        byte[] cancel = NextOfServer(Relayed(1, DirectIm, 1, "bob"));
        flow.Server(cancel);
        Assert.That((flow.Gateway.Mappings.Count, flow.Gateway.Count(Reason.NoSuchOffer)), Is.EqualTo((1, 0L)));
        Assert.That(flow.Received(Direction.Inbound), Has.Length.EqualTo(at + cancel.Length));
    }

    [Test]
    public void What_does_not_fit_from_the_server_is_looked_at_again_and_again()
    {
        Conversation flow = Restarted();
        flow.Server([0x2A, 2, 0, 1, 0, 3, 9, 9, 9, 9, 9]);
        Resume(flow);
        flow.Server([1, 2, 3]);
        flow.Server([0x2A, 2, 0, 1, 0, 3, 9]);
        flow.Server([0x2A, 9, 9, 9]);
        Assert.That(Mark(flow), Is.EqualTo(FlowStanding.Verified));
        for (int i = 0; i < 4; i++)
        {
            SendInPieces(flow, NextOfServer());
        }

        flow.Client(Next(Proposal));
        SendInPieces(flow, NextOfServer(Relayed(1, DirectIm, 1, "bob")));
        Assert.That(flow.Gateway.Count(Reason.Cancelled), Is.EqualTo(1));
    }

    [Test]
    public void A_segment_of_the_server_that_does_not_fit_may_begin_with_a_frame_itself()
    {
        Conversation flow = Restarted();
        Resume(flow);
        flow.Server([0x2A, 2, 0, 1, 0, 3]);
        flow.Server(Join(NextOfServer(), NextOfServer(), NextOfServer()));
        flow.Client(Next(Proposal));
        flow.Server(NextOfServer(Relayed(1, DirectIm, 1, "bob")));
        Assert.That(flow.Gateway.Count(Reason.Cancelled), Is.EqualTo(1));
    }

    [Test]
    public void A_neighbours_offer_gets_the_inside_address_back_again()
    {
        Conversation flow = Restarted();
        Resume(flow);
        flow.Server(Join(NextOfServer(), NextOfServer(), NextOfServer()));
        Conversation.SignOn(flow.Gateway, Addresses.Dave).Client(Offer(Addresses.Dave, 5190));
        byte[] Told(Ipv4Address address) => Numbered(Relayed(0, DirectIm, 1, "dave", Address(0x0003, address), Port(5190)), _server);
        flow.Server(Told(Addresses.Gateway));
        Assert.That(flow.Received(Direction.Inbound)[^Told(default).Length..], Is.EqualTo(Told(Addresses.Dave)));
    }
}
