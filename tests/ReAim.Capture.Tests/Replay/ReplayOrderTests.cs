using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Capture.Tests.World;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Capture.Tests.Replay;

/// <summary>When a held packet is written, and with which time.</summary>
[TestFixture]
internal sealed class ReplayOrderTests
{
    private static readonly Ipv4Endpoint Client = new(Addresses.Alice, 40_000);
    private static readonly Ipv4Endpoint Server = new(Addresses.Server, 5190);
    private static readonly byte[] Hello = [0x2A, 1, 0, 1, 0, 4, 0, 0, 0, 1];
    private static readonly byte[] Proposal = Offer(Addresses.Alice, 5190);
    private static readonly byte[] Ack = Inbound(11, []);

    private static byte[] Outbound(uint sequence, byte[] payload, TcpFlags flags = TcpFlags.Ack) => new TcpPacket(Client, Server, sequence, 0, flags, payload).Build();

    private static byte[] Inbound(uint sequence, byte[] payload, TcpFlags flags = TcpFlags.Ack) => new TcpPacket(Server, Client, sequence, 0, flags, payload).Build();

    /// <summary>A sign-on, then the given datagrams at the given microseconds; what left, with its times.</summary>
    private static List<(uint Seconds, uint Fraction, int Length)> Replay(uint magic, params (uint Seconds, uint Fraction, byte[] Datagram)[] packets)
    {
        var builder = new CaptureBuilder().Pcap(magic, linkType: 101);
        foreach (byte[] datagram in (byte[][])
            [
                Outbound(0, [], TcpFlags.Syn), Inbound(0, [], TcpFlags.Syn | TcpFlags.Ack), Inbound(1, Hello), Outbound(1, Hello),
            ])
        {
            builder.Packet(1, 0, datagram);
        }

        foreach ((uint seconds, uint fraction, byte[] datagram) in packets)
        {
            builder.Packet(seconds, fraction, datagram);
        }

        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Replay(folder.Write("in", builder.Bytes), folder["out"]);
        Assert.That(run.Json.GetProperty("dropped").GetInt32(), Is.Zero);
        byte[] left = File.ReadAllBytes(folder["out"]);
        var records = new List<(uint, uint, int)>();
        for (int at = 24; at < left.Length; at += 16 + BitConverter.ToInt32(left, at + 8))
        {
            records.Add((BitConverter.ToUInt32(left, at), BitConverter.ToUInt32(left, at + 4), BitConverter.ToInt32(left, at + 8)));
        }

        return records[4..];
    }

    [Test]
    public void A_held_packet_is_written_before_the_one_that_releases_it_and_with_its_time() =>
        Assert.That(
            Replay(0xA1B2C3D4, (10, 0, Outbound(11, Proposal[..85])), (10, 200_000, Ack), (10, 300_001, Outbound(96, Proposal[85..]))),
            Is.EqualTo(new[] { (10u, 200_000u, 40), (10u, 300_001u, 125), (10u, 300_001u, 40 + Proposal.Length - 85) }));

    [Test]
    public void A_timer_fires_before_the_next_packet_and_writes_with_its_own_time() =>
        Assert.That(
            Replay(0xA1B2C3D4, (10, 7, Outbound(11, Proposal[..85])), (12, 0, Ack)),
            Is.EqualTo(new[] { (11u, 7u, 125), (12u, 0u, 40) }));

    [Test]
    public void A_timer_keeps_nanoseconds_where_the_file_has_them() =>
        Assert.That(
            Replay(0xA1B23C4D, (10, 123_456_789, Outbound(11, Proposal[..85])), (12, 0, Ack)),
            Is.EqualTo(new[] { (11u, 123_456_789u, 125), (12u, 0u, 40) }));

    [Test]
    public void Copies_of_a_held_packet_wait_with_it_and_at_the_end_all_is_written() =>
        Assert.That(
            Replay(0xA1B2C3D4, (10, 0, Outbound(11, Proposal[..85])), (10, 1, Ack), (10, 2, Outbound(11, Proposal[..85])), (10, 3, Ack)),
            Is.EqualTo(new[] { (10u, 1u, 40), (10u, 3u, 40), (10u, 3u, 125), (10u, 3u, 125) }));

    [Test]
    public void A_packet_cut_by_the_snap_length_passes_and_is_counted()
    {
        byte[] datagram = Outbound(11, Proposal);
        var builder = new CaptureBuilder().Pcap(linkType: 101).Packet(1, 0, datagram[..60], datagram.Length).Packet(1, 0, datagram[..10], datagram.Length);
        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Replay(folder.Write("in", builder.Bytes), folder["out"]);
        Assert.That(run.Json.GetProperty("reasons").GetProperty("truncated").GetInt32(), Is.EqualTo(2));
        Assert.That(File.ReadAllBytes(folder["out"]), Is.EqualTo(builder.Bytes));
    }

    [Test]
    public void What_does_not_cross_the_gateway_passes_and_is_counted()
    {
        byte[] inside = new TcpPacket(new(Addresses.Alice, 1), new(Addresses.Dave, 2), 0, 0, TcpFlags.Syn, []).Build();
        byte[] outside = new TcpPacket(new(Addresses.Bob, 1), new(Addresses.Server, 2), 0, 0, TcpFlags.Syn, []).Build();
        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Replay(folder.Write("in", new CaptureBuilder().Pcap(linkType: 101).Packet(1, 0, inside).Packet(1, 0, outside).Bytes));
        Assert.That(run.Json.GetProperty("reasons").GetProperty("not-crossing").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public void Link_layer_padding_behind_a_rewritten_datagram_stays()
    {
        byte[] ethernet = Convert.FromHexString("0200000000010200000000ff0800");
        byte[] padding = [0xDE, 0xAD, 0xBE, 0xEF];
        var builder = new CaptureBuilder().Pcap();
        foreach (byte[] datagram in (byte[][])
            [
                Outbound(0, [], TcpFlags.Syn), Inbound(0, [], TcpFlags.Syn | TcpFlags.Ack), Inbound(1, Hello), Outbound(1, Hello), Outbound(11, Proposal),
            ])
        {
            builder.Packet(1, 0, [.. ethernet, .. datagram, .. padding]);
        }

        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Replay(folder.Write("in", builder.Bytes), folder["out"]);
        Assert.That(run.Json.GetProperty("rewritten").GetInt32(), Is.EqualTo(1));
        Assert.That(File.ReadAllBytes(folder["out"])[^4..], Is.EqualTo(padding));
    }
}
