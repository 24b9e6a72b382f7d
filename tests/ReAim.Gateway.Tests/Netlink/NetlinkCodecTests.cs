using System.Buffers.Binary;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Gateway.Tests.Netlink;

/// <summary>Messages byte by byte; the expected bytes are those of a little-endian machine.</summary>
internal sealed class NetlinkCodecTests
{
    [Test]
    public void A_message_is_written_with_lengths_padding_and_nested_lists()
    {
        var writer = new NetlinkWriter(new byte[256]);
        writer.BeginMessage(0x0102, NetlinkFlags.Request | NetlinkFlags.Acknowledge, sequence: 0x0A0B0C0D);
        writer.NetfilterHeader(Netfilter.Ipv4Family, 0x1446);
        writer.Text(1, "reaim");
        int nest = writer.BeginNest(2);
        writer.BigEndian(3, (ushort)0x1446);
        writer.Byte(4, 6);
        writer.EndNest(nest);
        writer.BigEndian(5, 30_000UL);
        writer.EndMessage();
        Assert.That(Convert.ToHexString(writer.Written), Is.EqualTo(
            "40000000" + "0201" + "0500" + "0D0C0B0A" + "00000000"
            + "02001446"
            + "0A00" + "0100" + "726561696D00" + "0000"
            + "1400" + "0280" + ("0600" + "0300" + "1446" + "0000") + ("0500" + "0400" + "06" + "000000")
            + "0C00" + "0500" + "0000000000007530"));
    }

    [Test]
    public void Messages_follow_each_other_and_are_read_back()
    {
        var writer = new NetlinkWriter(new byte[256]);
        for (uint i = 0; i < 3; i++)
        {
            writer.BeginMessage(16, NetlinkFlags.Request, sequence: i);
            writer.BigEndian(7, i);
            writer.EndMessage();
        }

        Span<byte> rest = writer.Written;
        for (uint i = 0; i < 3; i++)
        {
            Assert.That(NetlinkMessage.TryRead(ref rest, out NetlinkMessage message));
            Assert.That(message.Sequence, Is.EqualTo(i));
            Assert.That(NetlinkAttribute.TryFind(message.Body, 7, out NetlinkAttribute attribute));
            Assert.That(attribute.TryGetBigEndian(out uint value));
            Assert.That(value, Is.EqualTo(i));
            Assert.That(attribute.TryGetBigEndian(out ushort _), Is.False, "it has another length");
        }

        Assert.That(rest.IsEmpty);
    }

    [Test]
    public void An_error_tells_its_number_and_the_kernels_words()
    {
        Span<byte> rest = Convert.FromHexString(
            "38000000" + "0200" + "0003" + "01000000" + "00000000"
            + "FEFFFFFF"
            + "A0000000" + "0C0A" + "0500" + "01000000" + "00000000"
            + "0900" + "0100" + "6E6F706500" + "000000"
            + "0800" + "0200" + "14000000");
        Assert.That(NetlinkMessage.TryRead(ref rest, out NetlinkMessage message));
        Assert.That(message.IsError);
        Assert.That(message.Error, Is.EqualTo(Errno.NoEntry));
        Assert.That(message.ErrorWords(), Is.EqualTo("nope"));
    }

    [Test]
    public void An_acknowledgement_is_an_error_without_a_number()
    {
        Span<byte> rest = Convert.FromHexString("14000000" + "0200" + "0000" + "01000000" + "00000000" + "00000000");
        Assert.That(NetlinkMessage.TryRead(ref rest, out NetlinkMessage message));
        Assert.That(message.IsError);
        Assert.That(message.Error, Is.EqualTo(Errno.None));
    }

    [TestCase("", Description = "nothing")]
    [TestCase("0F000000" + "0003" + "0000" + "00000000" + "00000000", Description = "shorter than its header")]
    [TestCase("11000000" + "0003" + "0000" + "00000000" + "00000000", Description = "longer than what came")]
    [TestCase("FFFFFFFF" + "0003" + "0000" + "00000000" + "00000000", Description = "much longer")]
    [TestCase("10000000" + "0003" + "0000" + "00000000" + "000000", Description = "a cut header")]
    public void What_is_not_a_whole_message_is_not_read(string bytes)
    {
        Span<byte> rest = Convert.FromHexString(bytes);
        Assert.That(NetlinkMessage.TryRead(ref rest, out _), Is.False);
    }

    [Test]
    public void A_queued_packet_is_read_in_place()
    {
        byte[] bytes = Convert.FromHexString(
            "4C000000" + "0003" + "0000" + "00000000" + "00000000"
            + "02001446"
            + "0B00" + "0100" + "000000FF" + "0800" + "02" + "00"
            + "0800" + "0300" + "0C002300"
            + "0800" + "0500" + "00000003"
            + "0800" + "0600" + "00000004"
            + "0800" + "0E00" + "00000003"
            + "0C00" + "0A00" + "4500000800000000");
        Span<byte> rest = bytes;
        Assert.That(NetlinkMessage.TryRead(ref rest, out NetlinkMessage message));
        Assert.That(QueuedPacket.TryRead(message, out QueuedPacket packet));
        Assert.That(packet.Ticket, Is.EqualTo(new PacketTicket(0x1446, 255, 0x0C00_2300, ChecksumNotReady: true)));
        Assert.That((packet.Hook, packet.InDevice, packet.OutDevice), Is.EqualTo(((byte)2, 3, 4)));
        Assert.That((packet.IsGso, packet.IsCut), Is.EqualTo((true, false)));
        packet.Datagram[0] = 0x46;
        Assert.That(bytes[^8], Is.EqualTo(0x46));
    }

    [Test]
    public void A_packet_without_its_end_still_has_a_number_to_pass_it_by()
    {
        byte[] whole = Convert.FromHexString(
            "34000000" + "0003" + "0000" + "00000000" + "00000000"
            + "02001446"
            + "0B00" + "0100" + "000000FF" + "0800" + "02" + "00"
            + "0800" + "0D00" + "0000FFFF"
            + "0C00" + "0A00" + "4500FFFF00000000");
        Span<byte> rest = whole;
        Assert.That(NetlinkMessage.TryRead(ref rest, out NetlinkMessage message));
        Assert.That(QueuedPacket.TryRead(message, out QueuedPacket packet));
        Assert.That((packet.IsCut, packet.Ticket.Id), Is.EqualTo((true, 255u)));
    }

    [Test]
    public void Verdicts_are_written_one_behind_the_other()
    {
        var batch = new VerdictBatch();
        batch.Add(new PacketTicket(0x1447, 7, 0, ChecksumNotReady: false), NetfilterVerdict.Repeat, mark: 0x0C00_2300);
        batch.Add(new PacketTicket(0x1446, 8, 0, ChecksumNotReady: false), NetfilterVerdict.Accept, mark: 0, [1, 2, 3, 4, 5]);
        Assert.That(batch.Count, Is.EqualTo(2));
        Assert.That(Convert.ToHexString(batch.Messages), Is.EqualTo(
            "28000000" + "0103" + "0100" + "00000000" + "00000000" + "00001447"
            + "0C00" + "0200" + "00000004" + "00000007" + "0800" + "0300" + "0C002300"
            + "34000000" + "0103" + "0100" + "00000000" + "00000000" + "00001446"
            + "0C00" + "0200" + "00000001" + "00000008" + "0800" + "0300" + "00000000"
            + "0900" + "0A00" + "0102030405" + "000000"));
        batch.Clear();
        Assert.That(batch.HasRoom(65_535), "the longest datagram");
        Assert.That(batch.Messages.IsEmpty);
    }

    [TestCase(true, ChecksumState.Valid)]
    [TestCase(false, ChecksumState.Partial)]
    public void A_partial_checksum_that_goes_back_with_bytes_is_completed_if_the_kernel_said_it_is_one(
        bool notReady, ChecksumState expected)
    {
        byte[] datagram = Convert.FromHexString(
            "4500002D" + "00004000" + "40060000" + "C0A8070A" + "CB007163"
            + "9DC21446" + "00000001" + "00000001" + "50180200" + "00000000" + "6F66666572");
        Assert.That(Ipv4Packet.TryParse(datagram, out Ipv4Packet packet, out _));
        ushort partial = Checksum.PseudoHeader(packet.Source, packet.Destination, Ipv4Packet.Tcp, packet.Payload.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.Payload[16..], partial);
        var batch = new VerdictBatch();
        batch.Add(new PacketTicket(1, 1, 0, notReady), NetfilterVerdict.Accept, mark: 0, datagram);
        Span<byte> sent = batch.Messages.ToArray().AsSpan(44, datagram.Length);
        Assert.That(Ipv4Packet.TryParse(sent, out packet, out _));
        Assert.That(TcpSegment.TryParse(packet.Payload, out TcpSegment segment, out _));
        Assert.That(segment.GetChecksumState(packet.Source, packet.Destination), Is.EqualTo(expected));
        Assert.That(segment.Payload.SequenceEqual("offer"u8));
    }

    [Test]
    public void The_kernels_table_of_queues_is_read()
    {
        const string table = " 5191   1234     1 2 65531     2     3        4  1\n"
            + " 5190  -4321    17 2 65531     5     6     4711  1\n";
        Assert.That(QueueStatistics.TryParse(table, 5190, out QueueStatistics statistics), Is.False, "a number that is none");
        Assert.That(QueueStatistics.TryParse(table.Replace("-4321", "4321"), 5190, out statistics));
        Assert.That(statistics, Is.EqualTo(new QueueStatistics(17, 5, 6, 4711)));
        Assert.That(QueueStatistics.TryParse(table, 5192, out _), Is.False);
        Assert.That(QueueStatistics.TryParse("", 5190, out _), Is.False);
    }
}
