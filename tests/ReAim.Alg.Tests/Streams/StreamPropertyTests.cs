using CsCheck;
using ReAim.Alg.Tests.World;

namespace ReAim.Alg.Tests.Streams;

/// <summary>Whatever clients say and however TCP cuts it, what leaves is what the reference says.</summary>
[TestFixture]
internal sealed class StreamPropertyTests
{
    private static readonly Gen<(byte[][] Messages, int Cuts, int Order)> Conversations =
        Gen.Select(Generators.Message.Array[1, 6], Gen.Int[0, int.MaxValue - 1], Gen.Int[0, int.MaxValue - 1]);

    [Test]
    public void A_stream_cut_merged_reordered_and_repeated_at_random_leaves_as_the_reference_says() =>
        Property.Holds(
            Conversations,
            4_000,
            conversation => Check(conversation.Messages, conversation.Cuts, conversation.Order),
            conversation => $"{conversation.Cuts} {conversation.Order}\n{Generators.Show(conversation.Messages)}");

    private static void Check(byte[][] messages, int cutSeed, int orderSeed)
    {
        EngineOptions options = (cutSeed & 1) == 0 ? Gateway.Options() : Gateway.RemappingOptions() with { RemapsIcqListeners = (cutSeed & 2) == 0 };
        var gateway = new Gateway(options);
        Conversation flow = Conversation.SignOn(gateway, clientStart: (uint)cutSeed * 7u);
        byte[] stream = [.. messages.SelectMany(message => message)];
        byte[] expected = new ReferenceRewriter(Addresses.Alice, options).Rewrite(stream);
        int start = flow.ReserveClient(stream.Length);
        int before = gateway.Departures.Count;
        int sent = gateway.Sent;
        foreach ((int from, int to) in Segments(stream.Length, cutSeed, orderSeed))
        {
            flow.ClientAt(start + from, stream[from..to]);
            gateway.WaitSeconds(0.01);
        }

        Assert.That(gateway.Held, Is.Zero, "nothing waits once everything came");
        Assert.That(Convert.ToHexStringLower(flow.Received(Direction.Outbound)[start..]), Is.EqualTo(Convert.ToHexStringLower(expected)));
        Assert.That(gateway.Departures.Skip(before).Select(packet => packet.Id), Is.EquivalentTo(Enumerable.Range(sent + 1, gateway.Sent - sent).Select(id => (long)id)));
        foreach (Departure packet in gateway.Departures.Skip(before))
        {
            PacketJudge.AssertSound(packet.Bytes);
        }

        Assert.That(gateway.Mappings.Select(mapping => mapping.Lan.Address).Distinct(), Is.SubsetOf(new[] { Addresses.Alice }));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(gateway.Engine.MappingCount));
    }

    /// <summary>Up to fourteen segments that cover a stream, some twice, shuffled within a window as networks do.</summary>
    private static List<(int From, int To)> Segments(int length, int cutSeed, int orderSeed)
    {
        var random = new Random(cutSeed);
        int[] cuts = [.. Enumerable.Range(0, random.Next(0, 8)).Select(_ => random.Next(0, length)).Append(0).Append(length).Distinct().Order()];
        List<(int From, int To)> segments = [.. cuts.Zip(cuts.Skip(1))];
        for (int i = random.Next(0, 4); i > 0; i--)
        {
            int from = random.Next(length);
            segments.Add((from, random.Next(from, length) + 1));
        }

        var order = new Random(orderSeed);
        int disorder = order.Next(0, 5);
        return [.. segments.OrderBy(segment => segment.From + (order.Next(0, disorder + 1) * 60))];
    }
}
