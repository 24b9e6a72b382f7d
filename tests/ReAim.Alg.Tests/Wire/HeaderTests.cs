using System.Buffers.Binary;

using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Wire;

/// <summary>Every malformed header passes untouched and has a name.</summary>
[TestFixture]
internal sealed class HeaderTests
{
    private static readonly byte[] Proposal = Offer(Addresses.Alice, 5190);

    private static TcpPacket Packet => new(new(Addresses.Alice, 40_000), new(Addresses.Server, 5190), 0x1000_000B, 0x2000_0001, TcpFlags.Ack, Proposal);

    private static IEnumerable<TestCaseData> Malformed()
    {
        yield return Case(Reason.Truncated, "no byte", bytes => []);
        yield return Case(Reason.Truncated, "nineteen bytes", bytes => bytes[..19]);
        yield return Case(Reason.NotIpv4, "version 6", bytes => With(bytes, 0, 0x65));
        yield return Case(Reason.BadIpHeaderLength, "header of 16 bytes", bytes => With(bytes, 0, 0x44));
        yield return Case(Reason.BadIpHeaderLength, "header beyond the packet", bytes => With(bytes, 0, 0x4F)[..40]);
        yield return Case(Reason.BadIpTotalLength, "total length below the header's", bytes => With(bytes, 2, 0, 19));
        yield return Case(Reason.BadIpTotalLength, "captured shorter than it was", bytes => bytes[..^1]);
        yield return Case(Reason.BadIpOptions, "an option of length 1", bytes => WithIpOptions(bytes, 7, 1, 0, 0));
        yield return Case(Reason.BadIpOptions, "an option beyond the header", bytes => WithIpOptions(bytes, 7, 9, 0, 0));
        yield return Case(Reason.BadIpOptions, "an option without length", bytes => WithIpOptions(bytes, 1, 1, 1, 7));
        yield return Case(Reason.WrongIpChecksum, "a wrong header checksum", bytes => With(bytes, 10, (byte)(bytes[10] ^ 1)));
        yield return Case(Reason.Fragment, "a first fragment", bytes => With(bytes, 6, 0x20, 0));
        yield return Case(Reason.Fragment, "a later fragment", bytes => With(bytes, 6, 0, 7));
        yield return Case(Reason.NotTcp, "UDP", bytes => With(bytes, 9, 17));
        yield return Case(Reason.Truncated, "half a TCP header", bytes => With(bytes, 2, 0, 39)[..39]);
        yield return Case(Reason.BadTcpHeaderLength, "TCP header of 16 bytes", bytes => With(bytes, 32, 0x40));
        yield return Case(Reason.BadTcpHeaderLength, "TCP header beyond the segment", bytes => With(With(bytes, 32, 0xF0), 2, 0, 79)[..79]);
        yield return Case(Reason.BadTcpOptions, "a TCP option of length 0", bytes => WithTcpOptions(bytes, 8, 0, 0, 0));
        yield return Case(Reason.BadTcpOptions, "a TCP option beyond the header", bytes => WithTcpOptions(bytes, 8, 10, 0, 0));
        yield return Case(Reason.WrongTcpChecksum, "a wrong TCP checksum", bytes => With(bytes, 37, (byte)(bytes[37] ^ 1)));

        static TestCaseData Case(Reason reason, string name, Func<byte[], byte[]> damage) => new TestCaseData(reason, damage).SetArgDisplayNames($"{reason}", name);
    }

    [TestCaseSource(nameof(Malformed))]
    public void A_malformed_packet_passes_untouched_and_has_a_reason(Reason reason, Func<byte[], byte[]> damage)
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] packet = damage(flow.Packet(Direction.Outbound, flow.ClientLength, Proposal, TcpFlags.Ack));
        gateway.Send(Direction.Outbound, packet);
        Assert.That(gateway.Departures[^1].Bytes, Is.EqualTo(packet));
        Assert.That(gateway.Count(reason), Is.EqualTo(1));
        flow.Client(Proposal);
        Assert.That(gateway.Count(Reason.OfferRewritten), Is.EqualTo(1), "it never reached the stream");
    }

    [Test]
    public void The_end_of_the_option_list_ends_it()
    {
        var gateway = new Gateway();
        Conversation.SignOn(gateway);
        gateway.Send(Direction.Outbound, (Packet with { TcpOptions = [0, 8, 0, 0] }).Build());
        Assert.That(gateway.Count(Reason.OfferRewritten), Is.EqualTo(1));
    }

    [Test]
    public void Every_reason_has_a_word_of_its_own()
    {
        string[] names = [.. Enum.GetValues<Reason>().Select(reason => reason.Name())];
        Assert.That(names, Is.Unique);
        Assert.That(Reason.HoldExpired.Name(), Is.EqualTo("hold-expired"));
        Assert.That(names, Has.All.Match("^[a-z0-9]+(-[a-z0-9]+)*$"));
    }

    private static byte[] With(byte[] bytes, int at, params byte[] values)
    {
        byte[] copy = [.. bytes];
        values.CopyTo(copy, at);
        if (at < 10)
        {
            copy[10] = copy[11] = 0;
            int header = Math.Min((copy[0] & 15) * 4, copy.Length);
            BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(10), (ushort)~TcpPacket.Naive(0, copy.AsSpan(0, header)));
        }

        return copy;
    }

    private static byte[] WithIpOptions(byte[] bytes, params byte[] options) =>
        (Packet with { Payload = bytes[40..], IpOptions = options }).Build();

    private static byte[] WithTcpOptions(byte[] bytes, params byte[] options) =>
        (Packet with { Payload = bytes[40..], TcpOptions = options }).Build();
}
