using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.WinDivert;

namespace ReAim.Capture.Tests.Diverters;

/// <summary>What the diverters are made of.</summary>
[TestFixture]
internal sealed class WinDivertPartsTests
{
    private static readonly Ipv4Endpoint Server = new(new Ipv4Address(0xC633_6405), 5190);
    private static readonly Ipv4Endpoint Alice = new(new Ipv4Address(0xC0A8_070A), 40_000);
    private static readonly Ipv4Endpoint Outside = new(new Ipv4Address(0xCB00_7107), 50_000);

    [Test]
    public void A_host_is_found_by_the_initial_sequence_number_of_its_connect()
    {
        var connects = new TranslatedConnects();
        var flow = new FlowKey(Outside, Server);
        connects.SeeInside(Alice with { Port = 41_000 }, Server, 6);
        connects.SeeInside(Alice, Server with { Port = 5191 }, 7);
        connects.SeeOutside(flow, 7);
        Assert.That(connects.TryFindHost(flow, out _), Is.False, "another server's port, another number");
        connects.SeeInside(Alice, Server, 7);
        Assert.That((connects.TryFindHost(flow, out Ipv4Address host), host), Is.EqualTo((true, Alice.Address)));
    }

    [Test]
    public void Only_the_newest_connects_are_remembered()
    {
        var connects = new TranslatedConnects();
        for (uint i = 0; i < 5_000; i++)
        {
            connects.SeeInside(Alice, Server, i);
            connects.SeeOutside(new FlowKey(Outside with { Port = (ushort)(1_024 + i) }, Server), i);
        }

        Assert.That(connects.TryFindHost(new FlowKey(Outside with { Port = 1_024 }, Server), out _), Is.False);
        Assert.That(connects.TryFindHost(new FlowKey(Outside with { Port = 1_024 + 4_999 }, Server), out _));
    }

    [Test]
    public void A_connect_that_is_repeated_is_not_forgotten_with_its_first_one()
    {
        var connects = new TranslatedConnects();
        var flow = new FlowKey(Outside, Server);
        connects.SeeInside(Alice, Server, 7);
        connects.SeeOutside(flow, 7);
        for (uint i = 0; i < 3_000; i++)
        {
            connects.SeeInside(Alice, Server, 100 + i);
        }

        connects.SeeInside(Alice, Server, 7);
        for (uint i = 0; i < 3_000; i++)
        {
            connects.SeeInside(Alice, Server, 10_000 + i);
        }

        Assert.That(connects.TryFindHost(flow, out _));
    }

    [Test]
    public void A_packet_of_our_own_is_known_again_after_a_hop_and_not_after_two_seconds()
    {
        var own = new OwnPackets();
        byte[] packet = Packet(1);
        own.Add(packet, 0);
        packet[8]--;
        packet[10]++;
        packet[36]++;
        Assert.That(own.Contains(packet, 1_900_000_000));
        Assert.That(own.Contains(packet, 2_100_000_000), Is.False);
        Assert.That(own.Contains(Packet(2), 0), Is.False);
    }

    [Test]
    public void Only_the_newest_packets_of_our_own_are_remembered()
    {
        var own = new OwnPackets();
        for (int i = 0; i < 1_100; i++)
        {
            own.Add(Packet(i), 0);
        }

        Assert.That((own.Contains(Packet(0), 0), own.Contains(Packet(76), 0), own.Contains(Packet(1_099), 0)), Is.EqualTo((false, true, true)));
    }

    [Test]
    public void A_batch_gives_back_what_was_added_in_order()
    {
        var batch = new DivertBatch();
        for (int i = 0; i < DivertBatch.MaxPackets; i++)
        {
            Assert.That(batch.TryAdd(Packet(i), new DivertAddress { InterfaceIndex = (uint)i }));
        }

        Assert.That(batch.TryAdd(Packet(0), default), Is.False);
        for (int i = 0; i < DivertBatch.MaxPackets; i++)
        {
            Assert.That(batch.TryTake(out Span<byte> packet, out DivertAddress address));
            Assert.That((packet.ToArray(), address.InterfaceIndex), Is.EqualTo((Packet(i), (uint)i)));
        }

        Assert.That(batch.TryTake(out _, out _), Is.False);
    }

    [TestCase(0, 0x45)]
    [TestCase(19, 0x45)]
    [TestCase(81, 0x45)]
    [TestCase(40, 0x60)]
    public void A_batch_that_is_not_what_it_should_be_ends_and_is_counted(int length, int version)
    {
        var batch = new DivertBatch();
        byte[] packet = Packet(1);
        (packet[0], packet[3]) = ((byte)version, (byte)length);
        batch.TryAdd(packet, default);
        batch.TryAdd(Packet(2), default);
        Assert.That(batch.TryTake(out _, out _), Is.False);
        Assert.That(batch.Discarded, Is.EqualTo(2));
        batch.Clear();
        Assert.That(batch.TryAdd(Packet(1), default) && batch.TryTake(out _, out _));
    }

    /// <summary>40 bytes.</summary>
    private static byte[] Packet(int number)
    {
        var packet = new byte[40];
        (packet[0], packet[3], packet[8], packet[9]) = (0x45, 40, 64, 6);
        (packet[4], packet[5], packet[32]) = ((byte)(number >> 8), (byte)number, 0x50);
        return packet;
    }
}
