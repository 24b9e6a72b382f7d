using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation.Userspace;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Translation.Userspace;

/// <summary>ICMP errors about translated connections reach the host that must know (RFC 5382 REQ-9, RFC 5508 4).</summary>
[TestFixture]
internal sealed class IcmpErrorTests
{
    private const byte Unreachable = 3;
    private const byte FragmentationNeeded = 4;
    private static readonly Ipv4Address Router = Addresses.Parse("198.51.100.1");
    private static readonly Ipv4Endpoint Bob = new(Addresses.Bob, 40_312);
    private static readonly Ipv4Endpoint Alice = new(Addresses.Alice, 5190);
    private static readonly Ipv4Endpoint Dave = new(Addresses.Dave, 50_000);
    private static readonly Ipv4Endpoint Public = new(Addresses.Gateway, 61_000);

    private static Gateway Connected()
    {
        var gateway = new Gateway(Gateway.Options() with { ReservedPorts = new HashSet<ushort> { 5190 } }, new TranslatorOptions());
        Conversation.SignOn(gateway).Client(Offer(Addresses.Alice, 5190));
        Assert.That(Peer.FromOutside(gateway, Bob, Public, Alice).Connects());
        return gateway;
    }

    private static byte[] Segment(Ipv4Endpoint source, Ipv4Endpoint destination, int quoted) =>
        new TcpPacket(source, destination, 77, 78, TcpFlags.Ack, new byte[1_000]).Build()[..quoted];

    private static Departure Last(Gateway gateway, Direction direction, byte[] packet)
    {
        int count = gateway.Departures.Count;
        gateway.Send(direction, packet);
        Assert.That(gateway.Departures, Has.Count.EqualTo(count + 1));
        PacketJudge.AssertSound(gateway.Departures[^1].Bytes);
        return gateway.Departures[^1];
    }

    [TestCase(28, Description = "the least a router quotes")]
    [TestCase(40, Description = "the whole TCP header")]
    [TestCase(576, Description = "as much as fits")]
    public void A_routers_error_about_an_answer_reaches_the_lan_host_with_its_own_ends(int quoted)
    {
        Gateway gateway = Connected();
        Departure error = Last(gateway, Direction.Inbound, new IcmpPacket(Router, Addresses.Gateway, Unreachable, FragmentationNeeded, Segment(Public, Bob, quoted)).Build());
        byte[] expected = new IcmpPacket(Router, Addresses.Alice, Unreachable, FragmentationNeeded, Segment(Alice, Bob, quoted)).Build();
        Assert.That((error.Direction, Convert.ToHexString(error.Bytes)), Is.EqualTo((Direction.Inbound, Convert.ToHexString(expected))));
    }

    [TestCase("192.168.7.10", Description = "from the host itself")]
    [TestCase("192.168.7.254", Description = "from a router within the LAN")]
    public void An_error_about_a_peers_segment_leaves_as_the_gateways_own(string sender)
    {
        Gateway gateway = Connected();
        Departure error = Last(gateway, Direction.Outbound, new IcmpPacket(Addresses.Parse(sender), Addresses.Bob, Unreachable, 1, Segment(Bob, Alice, 40)).Build());
        byte[] expected = new IcmpPacket(Addresses.Gateway, Addresses.Bob, Unreachable, 1, Segment(Bob, Public, 40)).Build();
        Assert.That((error.Direction, Convert.ToHexString(error.Bytes)), Is.EqualTo((Direction.Outbound, Convert.ToHexString(expected))));
    }

    [Test]
    public void An_error_between_two_lan_hosts_is_translated_both_ways()
    {
        var gateway = new Gateway(null, new TranslatorOptions());
        Conversation.SignOn(gateway).Client(Offer(Addresses.Alice, 5190));
        Ipv4Endpoint open = Public with { Port = 5190 };
        Ipv4Endpoint dave = new(Addresses.Gateway, Dave.Port);
        Assert.That(Peer.Hairpin(gateway, Dave, open, Alice).Connects());
        Departure error = Last(gateway, Direction.Outbound, new IcmpPacket(Addresses.Alice, Addresses.Gateway, Unreachable, 3, Segment(dave, Alice, 40)).Build());
        byte[] expected = new IcmpPacket(Addresses.Gateway, Addresses.Dave, Unreachable, 3, Segment(Dave, open, 40)).Build();
        Assert.That((error.Direction, Convert.ToHexString(error.Bytes)), Is.EqualTo((Direction.Inbound, Convert.ToHexString(expected))));
    }

    [Test]
    public void An_error_that_is_sent_to_somebody_else_does_not_borrow_the_public_address()
    {
        Gateway gateway = Connected();
        byte[] packet = new IcmpPacket(Addresses.Dave, Addresses.Server, Unreachable, 3, Segment(Bob, Alice, 40)).Build();
        Assert.That(Last(gateway, Direction.Outbound, packet).Bytes, Is.EqualTo(packet));
    }

    [Test]
    public void An_error_ends_no_connection()
    {
        Gateway gateway = Connected();
        Last(gateway, Direction.Inbound, new IcmpPacket(Router, Addresses.Gateway, Unreachable, 1, Segment(Public, Bob, 40)).Build());
        Assert.That(Peer.FromOutside(gateway, Bob, Public, Alice).Back(TcpFlags.Ack, [1]));
    }

    [TestCase("another peer's", 3, 40)]
    [TestCase("no error: an echo", 8, 40)]
    [TestCase("a redirect, which may change routes", 5, 40)]
    [TestCase("too short", 3, 27)]
    public void What_belongs_to_no_connection_stays(string what, int type, int quoted)
    {
        Gateway gateway = Connected();
        byte[]? stayed = null;
        gateway.Stayed = bytes => stayed = bytes;
        Ipv4Endpoint peer = what.StartsWith("another", StringComparison.Ordinal) ? Bob with { Port = 1 } : Bob;
        byte[] packet = new IcmpPacket(Router, Addresses.Gateway, (byte)type, 0, Segment(Public, peer, quoted)).Build();
        gateway.Send(Direction.Inbound, packet);
        Assert.That(stayed, Is.EqualTo(packet));
    }
}
