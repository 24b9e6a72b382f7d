using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Fuzz.World;

namespace ReAim.Fuzz.Tests;

/// <summary>What a target says of a packet that must not leave so: else the targets would prove nothing.</summary>
internal sealed class PacketInvariantsTests
{
    private const int Payload = 40;

    private static readonly byte[] s_before = Packet(new byte[20]);

    [Test]
    public void An_address_in_place_of_another_with_its_checksum_is_as_it_must_be() =>
        Assert.That(() => PacketInvariants.Check(s_before, Packet([0, 0, 203, 0, 113, 7, .. new byte[14]]), isEdited: true), Throws.Nothing);

    [Test]
    public void More_than_a_value_in_one_place_is_a_finding() =>
        Assert.That(() => PacketInvariants.Check(s_before, Packet([1, 2, 3, 4, 5, 6, 7, .. new byte[13]]), isEdited: true), Throws.TypeOf<Finding>());

    [TestCase(8)]
    [TestCase(24)]
    [TestCase(36)]
    [TestCase(Payload)]
    public void A_changed_header_or_a_checksum_that_does_not_fit_is_a_finding(int at)
    {
        byte[] after = [.. s_before];
        after[at] ^= 1;
        Assert.That(() => PacketInvariants.Check(s_before, after, isEdited: true), Throws.TypeOf<Finding>());
    }

    [Test]
    public void A_byte_that_changed_unsaid_is_a_finding()
    {
        byte[] after = Packet([1, .. new byte[19]]);
        Assert.That(() => PacketInvariants.Check(s_before, after, isEdited: false), Throws.TypeOf<Finding>());
        Assert.That(() => PacketInvariants.Check(s_before, s_before.AsSpan(0, s_before.Length - 1), isEdited: false), Throws.TypeOf<Finding>());
    }

    private static byte[] Packet(byte[] payload) =>
        new TcpPacket(new(Addresses.Alice, 40_000), new(Addresses.Server, 5190), 1, 1, TcpFlags.Ack, payload).Build();
}
