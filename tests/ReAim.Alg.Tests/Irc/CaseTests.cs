using System.Buffers.Binary;
using System.Text;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Irc;

/// <summary>Recordings of how today's programs register and offer, one kind each: client 192.168.7.10, gateway 203.0.113.7.</summary>
[TestFixture]
internal sealed class CaseTests
{
    private const int FileHeaderLength = 24, RecordHeaderLength = 16, EthernetLength = 14;

    /// <summary>Recordings of offers that are not to be helped, and why they are not.</summary>
    private static readonly Dictionary<string, Reason> s_unhelped = new()
    {
        ["irc_port0_token"] = Reason.NotListening,
        ["irc_ipv6"] = Reason.OtherAddressFamily,
    };

    private static IReadOnlyList<string> Files =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Irc", "Cases"), "*.pcap").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Helped => Files.Where(name => !s_unhelped.ContainsKey(name));

    private static IEnumerable<string> Unhelped => s_unhelped.Keys;

    [TestCaseSource(nameof(Helped))]
    public void The_offer_says_the_public_address_and_its_mapping_leads_to_the_client(string name)
    {
        (Gateway gateway, string said, string heard) = Play(name);
        Assert.That(gateway.Mappings.Select(mapping => mapping.ToString()), Is.EqualTo(new[] { "203.0.113.7:5000 -> 192.168.7.10:5000" }));
        string[] words = said.Split(' ');
        int address = Array.FindLastIndex(words, word => word.StartsWith("5000", StringComparison.Ordinal)) - 1;
        words[address] = "3405803783";
        Assert.That(heard, Is.EqualTo(string.Join(' ', words)));
        Assert.That(gateway.Count(Reason.OfferRewritten), Is.EqualTo(1));
    }

    [TestCaseSource(nameof(Unhelped))]
    public void The_offer_stays_as_it_is_and_a_reason_is_counted(string name)
    {
        (Gateway gateway, string said, string heard) = Play(name);
        Assert.That((gateway.Mappings.Count, heard), Is.EqualTo((0, said)));
        Assert.That(gateway.Count(s_unhelped[name]), Is.EqualTo(1));
    }

    /// <summary>Plays a recording: what the client said, and what left of it.</summary>
    private static (Gateway Gateway, string Said, string Heard) Play(string name)
    {
        var gateway = new Gateway(IrcGateway.Options()) { Marks = [] };
        var said = new List<byte[]>();
        foreach (byte[] packet in Read(name))
        {
            bool outbound = Ipv4Address.Read(packet.AsSpan(12)) == Addresses.Alice;
            if (outbound)
            {
                said.Add(packet);
            }

            gateway.Send(outbound ? Direction.Outbound : Direction.Inbound, packet);
        }

        gateway.WaitSeconds(2);
        gateway.Departures.ForEach(packet => PacketJudge.AssertSound(packet.Bytes));
        return (gateway, Text(said), Text(gateway.Departures.Where(packet => packet.Direction == Direction.Outbound).Select(packet => packet.Bytes)));
    }

    private static string Text(IEnumerable<byte[]> packets) => string.Concat(packets.Select(packet =>
    {
        Assert.That(Ipv4Packet.TryParse(packet, out Ipv4Packet ip, out _) & TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _));
        return Encoding.Latin1.GetString(tcp.Payload);
    }));

    /// <summary>The datagrams of a pcap file of Ethernet frames, little-endian.</summary>
    private static IEnumerable<byte[]> Read(string name)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Irc", "Cases", name + ".pcap"));
        for (int at = FileHeaderLength; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8));
            at += RecordHeaderLength;
            yield return file[(at + EthernetLength)..(at + length)];
            at += length;
        }
    }
}
