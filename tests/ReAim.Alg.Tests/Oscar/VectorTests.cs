using ReAim.Alg.Tests.World;

namespace ReAim.Alg.Tests.Oscar;

/// <summary>Every message of tests/vectors.json, whole and in pieces: always the same bytes come out.</summary>
[TestFixture]
internal sealed class VectorTests
{
    private const int SampleSize = 300;

    /// <summary>V46 and V47 are hellos, V48 ends a stream, V43 is TOC, V51 is no FLAP: each has a test of its own.</summary>
    private static IEnumerable<Vector> Messages => Vector.All.Where(vector => vector.Id is not ("V43" or "V46" or "V47" or "V48" or "V51"));

    [Test]
    public void There_are_44_vectors_of_which_39_are_messages() =>
        Assert.That((Vector.All.Count, Messages.Count()), Is.EqualTo((44, 39)));

    [TestCaseSource(nameof(Messages))]
    public void A_whole_message_comes_out_as_it_must(Vector vector) => Run(vector, []);

    [TestCaseSource(nameof(Messages))]
    public void A_cut_at_any_byte_changes_nothing(Vector vector)
    {
        for (int cut = 1; cut < vector.Before.Length; cut++)
        {
            Run(vector, [(0, cut), (cut, vector.Before.Length)]);
        }
    }

    [TestCaseSource(nameof(Messages))]
    public void Three_pieces_in_any_order_and_twice_change_nothing(Vector vector)
    {
        var random = new Random(20_260_101);
        for (int sample = 0; sample < SampleSize; sample++)
        {
            int length = vector.Before.Length;
            int first = random.Next(1, length - 1);
            int second = random.Next(first + 1, length);
            var pieces = new List<(int From, int To)> { (0, first), (first, second), (second, length) };
            pieces.Add(pieces[random.Next(3)]);
            int from = random.Next(length);
            pieces.Add((from, random.Next(from, length) + 1));
            Run(vector, [.. pieces.OrderBy(_ => random.Next())]);
        }
    }

    [Test]
    public void Toc_in_a_flap_passes_unchanged()
    {
        var gateway = new Gateway(Gateway.RemappingOptions());
        Conversation flow = Conversation.Open(gateway);
        Vector toc = Vector.All.Single(vector => vector.Id == "V43");
        byte[] stream = [.. "FLAPON\r\n\r\n"u8, .. toc.Before];
        flow.Client(stream);
        Assert.That(flow.Received(Direction.Outbound), Is.EqualTo(stream));
        Assert.That(gateway.Count(Reason.NotRecognised), Is.EqualTo(1));
    }

    [Test]
    public void A_client_hello_and_a_server_hello_with_a_tlv_make_an_oscar_flow_and_pass_unchanged()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.Open(gateway);
        byte[] client = Vector.All.Single(vector => vector.Id == "V46").Before;
        byte[] server = Vector.All.Single(vector => vector.Id == "V47").Before;
        flow.Server(server);
        flow.Client(client);
        Assert.That(gateway.Count(Reason.Recognised), Is.EqualTo(1));
        Assert.That(flow.Received(Direction.Outbound), Is.EqualTo(client));
        Assert.That(flow.Received(Direction.Inbound), Is.EqualTo(server));
    }

    [Test]
    public void A_sign_off_of_four_bytes_and_a_fin_are_a_normal_end()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] signOff = Vector.All.Single(vector => vector.Id == "V48").Before;
        flow.Server(signOff, Alg.Wire.TcpFlags.Ack | Alg.Wire.TcpFlags.Fin);
        flow.Client([], Alg.Wire.TcpFlags.Ack | Alg.Wire.TcpFlags.Fin);
        Assert.That(flow.Received(Direction.Inbound)[Conversation.ServerHello.Length..], Is.EqualTo(signOff));
        Assert.That((gateway.Count(Reason.Closed), gateway.Count(Reason.FramingLost)), Is.EqualTo((1L, 0L)));
    }

    [Test]
    public void An_icq_peer_stream_is_no_oscar_flow_and_passes_unchanged()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.Open(gateway);
        byte[] init = Vector.All.Single(vector => vector.Id == "V51").Before;
        flow.Client(init);
        Assert.That(flow.Received(Direction.Outbound), Is.EqualTo(init));
        Assert.That(gateway.Count(Reason.NotRecognised), Is.EqualTo(1));
    }

    private static (Gateway Gateway, Conversation Flow, Direction Direction) Prepare(Vector vector)
    {
        var gateway = new Gateway(vector.KeepsPort ? Gateway.Options() : Gateway.RemappingOptions() with { RemapsIcqListeners = true });
        if (vector.Id == "V31")
        {
            // The offer of the other host behind this gateway, whose mapping the message names.
            Conversation.SignOn(gateway, port: 41_000).Client(Vector.All[0].Before);
        }

        Conversation flow = Conversation.SignOn(gateway, vector.Id == "V31" ? Addresses.Dave : null);
        if (vector.Id == "V49")
        {
            // The listener at which the file is accepted.
            flow.Client(Vector.All.Single(other => other.Id == "V20").Before);
        }

        return (gateway, flow, vector.FromClient ? Direction.Outbound : Direction.Inbound);
    }

    private static void Run(Vector vector, (int From, int To)[] pieces)
    {
        (Gateway gateway, Conversation flow, Direction direction) = Prepare(vector);
        int start;
        if (direction == Direction.Outbound)
        {
            start = flow.ReserveClient(vector.Before.Length);
        }
        else
        {
            start = flow.ReserveServer(vector.Before.Length);
        }

        foreach ((int from, int to) in pieces.Length == 0 ? [(0, vector.Before.Length)] : pieces)
        {
            gateway.Send(direction, flow.Packet(direction, start + from, vector.Before[from..to], Alg.Wire.TcpFlags.Ack));
            gateway.WaitSeconds(0.1);
        }

        string how = $"{vector.Name} as {string.Join(' ', pieces)}";
        Assert.That(gateway.Held, Is.Zero, how);
        Assert.That(Convert.ToHexStringLower(flow.Received(direction)[start..]), Is.EqualTo(Convert.ToHexStringLower(vector.After)), how);
        foreach (Departure packet in gateway.Departures)
        {
            PacketJudge.AssertSound(packet.Bytes);
        }
    }
}
