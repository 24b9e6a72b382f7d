using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation.Userspace;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Translation.Userspace;

/// <summary>Connections that leave the LAN, where the translator is the router's own NAT (RFC 5382).</summary>
[TestFixture]
internal sealed class MasqueradeTests
{
    private static readonly TranslatorOptions Options = new() { Masquerade = true };
    private static readonly Ipv4Endpoint Server = new(Addresses.Server, 5190);
    private static readonly Ipv4Endpoint Bob = new(Addresses.Bob, 80);
    private static readonly Ipv4Endpoint Alice = new(Addresses.Alice, 50_000);
    private static readonly Ipv4Endpoint Dave = new(Addresses.Dave, 50_000);
    private static readonly Ipv4Endpoint Public = new(Addresses.Gateway, 50_000);
    private static readonly Ipv4Endpoint FirstOther = new(Addresses.Gateway, 32_768);

    [Test]
    public void A_connection_keeps_its_port_and_the_same_port_wherever_it_goes()
    {
        var gateway = new Gateway(null, Options);
        Assert.That(Peer.FromLan(gateway, Alice, Public, Server).Connects());
        Assert.That(Peer.FromLan(gateway, Alice, Public, Bob).Connects());
    }

    [Test]
    public void Two_hosts_with_one_port_get_two()
    {
        var gateway = new Gateway(null, Options);
        Assert.That(Peer.FromLan(gateway, Alice, Public, Server).Connects());
        Assert.That(Peer.FromLan(gateway, Dave, FirstOther, Server).Connects());
        Assert.That(Peer.FromLan(gateway, Dave, FirstOther, Bob).Connects(), "the same port to everybody");
    }

    [Test]
    public void Ports_of_local_listeners_mappings_and_below_1024_are_not_used()
    {
        var gateway = new Gateway(Gateway.Options() with { ReservedPorts = new HashSet<ushort> { 50_000 } }, Options);
        Assert.That(Peer.FromLan(gateway, Alice, FirstOther, Server).Connects(), "a local listener's");
        Assert.That(Peer.FromLan(gateway, Alice with { Port = 1_023 }, FirstOther with { Port = 32_769 }, Server).Connects(), "privileged");
        Conversation flow = Conversation.SignOn(gateway, Addresses.Dave, port: 40_000);
        flow.Client(Messages.Offer(Addresses.Dave, 45_000));
        Assert.That(Peer.FromLan(gateway, Alice with { Port = 45_000 }, FirstOther with { Port = 32_770 }, Server).Connects(), "a mapping's");
    }

    [Test]
    public void A_mapping_is_not_opened_on_a_port_that_another_host_uses()
    {
        var gateway = new Gateway(null, Options);
        Assert.That(Peer.FromLan(gateway, new(Addresses.Dave, 5190), new(Addresses.Gateway, 5190), Bob).There(TcpFlags.Syn));
        Conversation.SignOn(gateway).Client(Messages.Offer(Addresses.Alice, 5190));
        Assert.That(gateway.Mappings.Single().Public.Port, Is.EqualTo(61_000), "else bob's connect would be dave's, who waits for it");
    }

    [Test]
    public void A_connection_through_a_mapping_keeps_its_public_port_to_itself_when_the_mapping_is_closed()
    {
        var gateway = new Gateway(null, Options);
        Conversation.SignOn(gateway).Client(Messages.Offer(Addresses.Alice, 5190));
        Assert.That(Peer.FromOutside(gateway, Bob, new(Addresses.Gateway, 5190), new(Addresses.Alice, 5190)).Connects());
        gateway.WaitSeconds(31);
        Assert.That(gateway.Mappings, Is.Empty);
        Assert.That(Peer.FromLan(gateway, new(Addresses.Dave, 5190), FirstOther, Bob).Connects(), "also towards the same host and port");
        gateway.WaitSeconds(10_000);
        Assert.That(gateway.Translator!.PortCount, Is.Zero);
    }

    [Test]
    public void A_host_that_listens_behind_a_mapping_connects_from_its_public_end()
    {
        var gateway = new Gateway(Gateway.RemappingOptions(), Options);
        Conversation.SignOn(gateway).Client(Messages.Offer(Addresses.Alice, 5190));
        Assert.That(Peer.FromLan(gateway, new(Addresses.Alice, 5190), new(Addresses.Gateway, 40_001), Bob).Connects());
    }

    [Test]
    public void What_belongs_to_no_connection_does_not_leave_with_its_lan_address()
    {
        var gateway = new Gateway(null, Options);
        gateway.Send(Direction.Outbound, new TcpPacket(Alice, Bob, 1, 2, TcpFlags.Ack, [1]).Build());
        Assert.That((gateway.Departures.Count, gateway.Refused), Is.EqualTo((0, 1)));
    }

    [Test]
    public void Nobody_gets_in_through_a_port_that_leads_out()
    {
        var gateway = new Gateway(null, Options);
        Assert.That(Peer.FromLan(gateway, Alice, Public, Server).Connects());
        Assert.That(Peer.FromOutside(gateway, Bob, Public, Alice).There(TcpFlags.Syn), Is.False);
        Assert.That(Peer.FromOutside(gateway, Server with { Port = 5191 }, Public, Alice).There(TcpFlags.Ack), Is.False);
    }

    [Test]
    public void Both_ends_may_connect_at_the_same_moment()
    {
        var gateway = new Gateway(null, Options);
        Peer connection = Peer.FromLan(gateway, Alice, Public, Bob);
        Assert.That(connection.There(TcpFlags.Syn) && connection.Back(TcpFlags.Syn));
        Assert.That(connection.There(TcpFlags.Syn | TcpFlags.Ack) && connection.Back(TcpFlags.Syn | TcpFlags.Ack));
        Assert.That(connection.There(TcpFlags.Ack, [1]));
    }

    [Test]
    public void The_gateways_own_packets_are_left_alone()
    {
        var gateway = new Gateway(null, Options);
        byte[] syn = new TcpPacket(Public, Server, 1, 0, TcpFlags.Syn, []).Build();
        gateway.Send(Direction.Outbound, syn);
        Assert.That(gateway.Departures[^1].Bytes, Is.EqualTo(syn));
    }

    [Test]
    public void When_no_port_is_left_the_connect_does_not_leave_with_its_lan_address_and_is_counted()
    {
        var gateway = new Gateway(null, Options with { FirstSourcePort = 40_000, LastSourcePort = 40_001 });
        for (byte host = 1; host <= 5; host++)
        {
            gateway.Send(Direction.Outbound, new TcpPacket(Alice with { Address = Addresses.Parse($"192.168.7.{host}") }, Server, 1, 0, TcpFlags.Syn, []).Build());
        }

        Assert.That((gateway.Translator!.SessionCount, gateway.Count(Reason.PoolExhausted), gateway.Refused), Is.EqualTo((3, 2L, 2)));
        Assert.That(gateway.Departures.Select(packet => Ipv4Address.Read(packet.Bytes.AsSpan(12))), Is.All.EqualTo(Addresses.Gateway));
    }

    [Test]
    public void Sign_on_offer_and_peer_connection_work_through_one_gateway()
    {
        var gateway = new Gateway(null, Options);
        var flow = Peer.FromLan(gateway, new(Addresses.Alice, 40_000), new(Addresses.Gateway, 40_000), Server);
        Assert.That(flow.There(TcpFlags.Syn) && flow.Back(TcpFlags.Syn | TcpFlags.Ack));
        Assert.That(gateway.Engine.FlowCount, Is.EqualTo(1), "the engine sees the LAN's addresses in both directions");
        Assert.That(flow.There(TcpFlags.Ack) && flow.Back(TcpFlags.Ack, Conversation.ServerHello));
    }
}
