using System.Buffers.Binary;
using System.Text.Json;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Capture.Tests.World;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Capture.Tests.Replay;

/// <summary><c>replay --translate</c>: connects to the public address come out forwarded, as the recorded kernel did it.</summary>
[TestFixture]
internal sealed class TranslateTests
{
    private const int EthernetHeader = 14;
    private static readonly byte[] Hello = [0x2A, 1, 0, 1, 0, 4, 0, 0, 0, 1];
    private static readonly Ipv4Endpoint Client = new(Addresses.Alice, 40_000);
    private static readonly Ipv4Endpoint Server = new(Addresses.Server, 5190);
    private static readonly Ipv4Endpoint Alice = new(Addresses.Alice, 5190);
    private static readonly Ipv4Endpoint Public = new(Addresses.Gateway, 5190);
    private static readonly Ipv4Endpoint Bob = new(Addresses.Bob, 40_312);
    private static readonly Ipv4Endpoint Dave = new(Addresses.Dave, 50_000);

    private static bool IsBetween(byte[] frame, Ipv4Address source, Ipv4Address destination) =>
        SampleFlow.IsIpv4(frame)
        && BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(EthernetHeader + 12)) == source.Value
        && BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(EthernetHeader + 16)) == destination.Value;

    /// <summary>A datagram without what every router changes: time to live and header checksum.</summary>
    private static string Routed(byte[] frame)
    {
        byte[] datagram = frame[EthernetHeader..];
        datagram[8] = datagram[10] = datagram[11] = 0;
        return Convert.ToHexString(datagram);
    }

    private static IEnumerable<string> Packets(IEnumerable<(long Microseconds, byte[] Frame)> capture, Ipv4Address source, Ipv4Address destination) =>
        capture.Where(packet => IsBetween(packet.Frame, source, destination)).Select(packet => Routed(packet.Frame));

    /// <summary>From Alice's listener: what she connects to herself is masqueraded by somebody else.</summary>
    private static bool IsAnswer((long Microseconds, byte[] Frame) packet) =>
        BinaryPrimitives.ReadUInt16BigEndian(packet.Frame.AsSpan(EthernetHeader + 20)) == Alice.Port;

    private static (CommandRun Run, byte[] Output) Translate(byte[] capture, params string[] more)
    {
        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Of(["replay", folder.Write("in", capture), "-w", folder["out"], .. CommandRun.Gateway, "--json", .. more]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return (run, File.ReadAllBytes(folder["out"]));
    }

    /// <summary>
    /// What the gateway received, taken from both of its sides: alice's packets, and Bob's as they were before the kernel that
    /// was recorded forwarded them. Ours must send on what the kernel sent on, byte for byte.
    /// </summary>
    [TestCase("j_directim_portfwd-sub")]
    [TestCase("k_file_rev_bobfw_portfwd-aol")]
    public void Bobs_connect_comes_out_as_the_recorded_kernel_forwarded_it(string recording)
    {
        IReadOnlyList<(long Microseconds, byte[] Frame)> lan = SampleFlow.Read($"{recording}.lan.pcap");
        IReadOnlyList<(long Microseconds, byte[] Frame)> wan = SampleFlow.Read($"{recording}.wan.pcap");
        var builder = new CaptureBuilder().Pcap();
        foreach ((long microseconds, byte[] frame) in lan.Where(packet => !IsBetween(packet.Frame, Addresses.Bob, Addresses.Alice))
            .Concat(wan.Where(packet => IsBetween(packet.Frame, Addresses.Bob, Addresses.Gateway))).OrderBy(packet => packet.Microseconds))
        {
            builder.Packet((uint)(microseconds / 1_000_000), (uint)(microseconds % 1_000_000), frame);
        }

        (CommandRun run, byte[] output) = Translate(builder.Bytes, "--translate");
        IReadOnlyList<(long Microseconds, byte[] Frame)> left = SampleFlow.ReadBytes(output);
        string[] toAlice = [.. Packets(left, Addresses.Bob, Addresses.Alice)];
        string[] toBob = [.. Packets(left, Addresses.Gateway, Addresses.Bob)];
        Assert.That(toAlice, Has.Length.GreaterThan(10).And.EqualTo(Packets(lan, Addresses.Bob, Addresses.Alice)));
        Assert.That(toBob, Has.Length.GreaterThan(10).And.EqualTo(Packets(wan.Where(IsAnswer), Addresses.Gateway, Addresses.Bob)));
        Assert.That(run.Json.GetProperty("translated").GetInt32(), Is.EqualTo(toAlice.Length + toBob.Length));
        Assert.That(run.Json.GetProperty("mappings")[0].GetProperty("connectedFrom").GetString(), Is.EqualTo("198.51.100.77"));
        Assert.That(run.Json.GetProperty("dropped").GetInt32(), Is.Zero);
    }

    [TestCaseSource(typeof(Recordings), nameof(Recordings.All))]
    public void A_recording_without_a_connect_to_the_public_address_is_replayed_as_without_it(string recording)
    {
        byte[] capture = File.ReadAllBytes(Recordings.PathOf(recording));
        Assert.That(Translate(capture, "--translate").Output, Is.EqualTo(Translate(capture).Output));
        Assert.That(Translate(capture, "--translate").Run.Json.GetProperty("translated").GetInt32(), Is.Zero);
    }

    private static byte[] Offered(bool isPcapng, params byte[][] then)
    {
        byte[][] packets =
        [
            new TcpPacket(Client, Server, 0, 0, TcpFlags.Syn, []).Build(),
            new TcpPacket(Server, Client, 0, 1, TcpFlags.Syn | TcpFlags.Ack, []).Build(),
            new TcpPacket(Server, Client, 1, 1, TcpFlags.Ack, Hello).Build(),
            new TcpPacket(Client, Server, 1, 11, TcpFlags.Ack, Hello).Build(),
            new TcpPacket(Client, Server, 11, 11, TcpFlags.Ack, Offer(Addresses.Alice, 5190)).Build(),
            .. then,
        ];
        var builder = isPcapng ? new CaptureBuilder().Section().Interface(101) : new CaptureBuilder().Pcap(linkType: 101);
        foreach (byte[] packet in packets)
        {
            // Odd lengths get padding, and every packet an option: neither belongs to the datagram.
            _ = isPcapng ? builder.Enhanced(0, 1_000_000, packet, [0, 1, 0, 4, 0x41, 0x42, 0x43, 0x44, 0, 0, 0, 0]) : builder.Packet(1, 0, packet);
        }

        return builder.Bytes;
    }

    [Test]
    public void A_pcapng_file_keeps_padding_and_options()
    {
        byte[] syn = new TcpPacket(Bob, Public, 7, 0, TcpFlags.Syn, [1, 2, 3]).Build();
        byte[] forwarded = new TcpPacket(Bob, Alice, 7, 0, TcpFlags.Syn, [1, 2, 3]).Build();
        byte[] expected = Translate(Offered(true, forwarded)).Output;
        Assert.That(Translate(Offered(true, syn), "--translate").Output, Is.EqualTo(expected));
    }

    [Test]
    public void Held_segments_of_a_connection_that_is_turned_back_leave_in_order()
    {
        // Dave speaks OSCAR with Alice through the public address, and makes an offer in three pieces.
        byte[] offer = Offer(Addresses.Dave, 5191, cookie: 5);
        Ipv4Endpoint outside = Dave with { Address = Addresses.Gateway };
        byte[] capture = Offered(
            false,
            new TcpPacket(Dave, Public, 0, 0, TcpFlags.Syn, []).Build(),
            new TcpPacket(Alice, outside, 0, 1, TcpFlags.Syn | TcpFlags.Ack, []).Build(),
            new TcpPacket(Dave, Public, 1, 1, TcpFlags.Ack, []).Build(),
            new TcpPacket(Alice, outside, 1, 1, TcpFlags.Ack, Hello).Build(),
            new TcpPacket(Dave, Public, 1, 11, TcpFlags.Ack, Hello).Build(),
            new TcpPacket(Dave, Public, 11, 11, TcpFlags.Ack, offer[..85]).Build(),
            new TcpPacket(Dave, Public, 96, 11, TcpFlags.Ack, offer[85..95]).Build(),
            new TcpPacket(Dave, Public, 106, 11, TcpFlags.Ack, offer[95..]).Build());
        (CommandRun run, byte[] output) = Translate(capture, "--translate");
        uint[] toAlice = [.. SampleFlow.ReadBytes(output).Select(packet => packet.Frame)
            .Where(frame => BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(16)) == Alice.Address.Value && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(22)) == Alice.Port)
            .Select(frame => BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(24)))];
        Assert.That(toAlice, Is.EqualTo(new uint[] { 0, 1, 1, 11, 96, 106 }));
        Assert.That((run.Json.GetProperty("held").GetInt32(), run.Json.GetProperty("dropped").GetInt32()), Is.EqualTo((2, 0)));
    }

    [Test]
    public void A_lan_peers_connect_is_turned_back_with_the_public_source()
    {
        byte[] syn = new TcpPacket(Dave, Public, 7, 0, TcpFlags.Syn, []).Build();
        byte[] turned = new TcpPacket(Dave with { Address = Addresses.Gateway }, Alice, 7, 0, TcpFlags.Syn, []).Build();
        Assert.That(Translate(Offered(false, syn), "--translate").Output, Is.EqualTo(Translate(Offered(false, turned)).Output));
    }

    [Test]
    public void A_partial_checksum_stays_partial()
    {
        byte[] syn = new TcpPacket(Bob, Public, 7, 0, TcpFlags.Syn, []).BuildPartial();
        byte[] forwarded = new TcpPacket(Bob, Alice, 7, 0, TcpFlags.Syn, []).BuildPartial();
        Assert.That(Translate(Offered(false, syn), "--translate").Output, Is.EqualTo(Translate(Offered(false, forwarded)).Output));
    }

    [Test]
    public void A_connect_that_no_mapping_wants_comes_out_as_it_came_with_its_reason()
    {
        byte[] syn = new TcpPacket(Bob, Public with { Port = 22 }, 7, 0, TcpFlags.Syn, []).Build();
        (CommandRun run, byte[] output) = Translate(Offered(false, syn), "--translate");
        Assert.That(output, Is.EqualTo(Translate(Offered(false, syn)).Output));
        JsonElement reasons = run.Json.GetProperty("reasons");
        Assert.That(reasons.GetProperty("no-mapping").GetInt32(), Is.EqualTo(1));
        Assert.That(reasons.TryGetProperty("session-opened", out _), Is.False);
    }
}
