using ReAim.Alg.Tests.World;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Streams;

/// <summary>A connection that was verified before the engine was started, and what its ends say.</summary>
internal abstract class ResumptionFixture
{
    protected static readonly byte[] Proposal = Offer(Addresses.Alice, 5190);
    protected static readonly byte[] Rewritten = Offer(Addresses.Gateway, 5190);

    protected ushort _client;
    protected ushort _server;

    [SetUp]
    public void Number_frames_from_somewhere() => (_client, _server) = (100, 200);

    /// <summary>A client that signed on, and an engine that knows nothing of it.</summary>
    protected static Conversation Restarted(EngineOptions? options = null)
    {
        var gateway = new Gateway(options) { Marks = [] };
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(InstantMessage("before"));
        gateway.Restart();
        return flow;
    }

    protected static byte[] Numbered(byte[] frame, ushort number) => [.. frame[..2], .. U16(number), .. frame[4..]];

    /// <summary>The client's next frame.</summary>
    protected byte[] Next(byte[]? frame = null) => Numbered(frame ?? InstantMessage("hello"), _client++);

    protected byte[] NextOfServer(byte[]? frame = null) => Numbered(frame ?? Snac(1, 0x0F, 1, new byte[30]), _server++);

    /// <summary>Sends a frame as Open OSCAR Server does.</summary>
    protected static void SendInPieces(Conversation flow, byte[] frame)
    {
        int[] cuts = [0, 1, 2, 4, 6, frame.Length];
        for (int i = 0; i + 1 < cuts.Length; i++)
        {
            flow.Server(frame.AsSpan(cuts[i]..cuts[i + 1]));
        }
    }

    protected void Resume(Conversation flow)
    {
        for (int i = 0; i < 3; i++)
        {
            flow.Client(Next());
        }

        Assert.That(flow.Gateway.Count(Reason.Resumed), Is.EqualTo(1));
    }

    /// <summary>True if an offer that is made now is rewritten.</summary>
    protected bool IsHelped(Conversation flow)
    {
        ushort number = _client;
        flow.Client(Next(Proposal));
        byte[] sent = flow.Gateway.Departures.Last(departure => departure.Direction == Direction.Outbound).Bytes[^Proposal.Length..];
        bool helped = sent.AsSpan().SequenceEqual(Numbered(Rewritten, number));
        Assert.That(helped || sent.AsSpan().SequenceEqual(Numbered(Proposal, number)));
        return helped;
    }

    protected static FlowStanding Mark(Conversation flow) => flow.Gateway.Marks![flow.Key];
}
