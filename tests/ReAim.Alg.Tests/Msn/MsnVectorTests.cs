using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ReAim.Alg.Tests.Irc;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Msn;

/// <summary>Every message of tests/vectors-msn.json, whole and in pieces: always the same bytes come out.</summary>
[TestFixture]
internal sealed partial class MsnVectorTests
{
    private const int SampleSize = 100;

    private static IEnumerable<TestCaseData> Vectors()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "vectors-msn.json")));
        foreach (JsonElement vector in document.RootElement.GetProperty("vectors").EnumerateArray())
        {
            yield return new TestCaseData(vector.Clone()).SetArgDisplayNames(Text(vector, "name"));
        }
    }

    [TestCaseSource(nameof(Vectors))]
    public void A_whole_message_comes_out_as_it_must(JsonElement vector)
    {
        Gateway gateway = Run(vector, [(0, Text(vector, "before").Length)]);
        if (vector.GetProperty("reason").GetString() is { } reason)
        {
            Assert.That(Enum.GetValues<Reason>().Single(known => known.Name() == reason), Is.AnyOf([.. Enum.GetValues<Reason>().Where(known => gateway.Count(known) > 0)]));
        }

        if (vector.GetProperty("peer").GetString() is { } peer)
        {
            Assert.That(gateway.Engine.PendingOffers[0].PeerName, Is.EqualTo(peer));
        }
    }

    [TestCaseSource(nameof(Vectors))]
    public void A_cut_at_any_byte_changes_nothing(JsonElement vector)
    {
        int length = Text(vector, "before").Length;
        for (int cut = 1; cut < length; cut++)
        {
            Run(vector, [(0, cut), (cut, length)]);
        }
    }

    [TestCaseSource(nameof(Vectors))]
    public void Three_pieces_in_any_order_and_twice_change_nothing(JsonElement vector)
    {
        var random = new Random(20_261_128);
        int length = Text(vector, "before").Length;
        for (int sample = 0; sample < SampleSize; sample++)
        {
            int first = random.Next(1, length - 1);
            int second = random.Next(first + 1, length);
            var pieces = new List<(int From, int To)> { (0, first), (first, second), (second, length) };
            pieces.Add(pieces[random.Next(3)]);
            int from = random.Next(length);
            pieces.Add((from, random.Next(from, length) + 1));
            Run(vector, [.. pieces.OrderBy(_ => random.Next())]);
        }
    }

    private static Gateway Run(JsonElement vector, (int From, int To)[] pieces)
    {
        EngineOptions options = IrcGateway.Options(Addresses.Parse(Text(vector, "gateway"))) with
        {
            ReservedPorts = vector.GetProperty("reserved").EnumerateArray().Select(port => port.GetUInt16()).ToHashSet(),
        };
        Ipv4Address host = Addresses.Parse(Text(vector, "client"));
        (Gateway gateway, Conversation flow) = MsnGateway.SignOn(options, host);
        Direction direction = Text(vector, "direction") == "LAN to WAN" ? Direction.Outbound : Direction.Inbound;
        byte[] before = Encoding.Latin1.GetBytes(Text(vector, "before"));
        int start = direction == Direction.Outbound ? flow.ReserveClient(before.Length) : flow.ReserveServer(before.Length);
        foreach ((int from, int to) in pieces)
        {
            gateway.Send(direction, flow.Packet(direction, start + from, before[from..to], TcpFlags.Ack));
            gateway.WaitSeconds(0.1);
        }

        // What did not fit into a segment that became longer, its sender sends again.
        const int Tail = 40;
        gateway.Send(direction, flow.Packet(direction, start + before.Length - Tail, before[^Tail..], TcpFlags.Ack));
        string how = $"as {string.Join(' ', pieces)}";
        Assert.That(gateway.Held, Is.Zero, how);
        Assert.That(MsnGateway.Heard(flow, direction), Is.EqualTo(Text(vector, "after")), how);
        Assert.That(gateway.Mappings.Select(mapping => PortsOnly().Replace(mapping.ToString(), "$1")).SingleOrDefault(), Is.EqualTo(Ports(vector)), how);
        gateway.Departures.ForEach(packet => PacketJudge.AssertSound(packet.Bytes));
        return gateway;
    }

    /// <summary>"6891->61000" means that the public port is 61000.</summary>
    private static string? Ports(JsonElement vector)
    {
        string? mapping = vector.GetProperty("mapping").GetString();
        return mapping is null ? null : string.Join(" -> ", mapping.Split("->").Reverse());
    }

    private static string Text(JsonElement vector, string name) => vector.GetProperty(name).GetString()!;

    [GeneratedRegex(@"[0-9.]+:([0-9]+)")]
    private static partial Regex PortsOnly();
}
