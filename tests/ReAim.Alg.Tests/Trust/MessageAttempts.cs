using System.Text;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Trust;

/// <summary>True OSCAR connections in which something else than Alice's own offer is to open a port.</summary>
internal static class MessageAttempts
{
    private static readonly byte[] Offer = Messages.Offer(Addresses.Alice, 8_080);

    public static IEnumerable<Attempt> All =>
    [
        Said("an offer inside the text of an IM", Reason.Recognised, Messages.Snac(4, 6, 3, Messages.Head(5, 1, "bob"),
            Messages.Tlv(0x0002, Messages.Tlv(0x0501, [1]), Messages.Tlv(0x0101, Messages.U32(0), Offer)), Messages.Tlv(0x0006))),
        Said("an offer inside the text of an invitation", Reason.AddressMissing,
            Messages.Rendezvous(0, Messages.SendFile, 1, "bob", [Messages.Port(8_080), Messages.Tlv(0x000A, Messages.U16(1)), Messages.Tlv(0x000C, Offer)])),
        Said("an offer inside a file's description", Reason.AddressMissing,
            Messages.Rendezvous(0, Messages.SendFile, 1, "bob", [Messages.Port(8_080), Messages.Tlv(0x2711, Offer)])),
        Said("an ICQ listener of another LAN host", Reason.AddressForeign, IcqMessages.Status(Addresses.Dave, 8_080)),
        Said("an ICQ listener below port 1024", Reason.PortPrivileged, IcqMessages.Status(Addresses.Alice, 22)),
        Said("an ICQ status inside the text of an IM", Reason.Recognised, Messages.InstantMessage(Encoding.Latin1.GetString(IcqMessages.Status(Addresses.Alice, 8_080)))),
        Said("a reverse connect to another LAN host", Reason.AddressForeign, IcqMessages.ReverseConnect(Addresses.Dave, 8_080, 1, isSecondBigEndian: true)),
        Said("a relayed ICQ message for another LAN host", Reason.AddressForeign, IcqMessages.Relay(Addresses.Dave, 8_080, 1, IcqMessages.Acceptance(8_080, isPlugin: false))),
        Said("an offer of a chat", Reason.OtherCapability,
            Messages.Rendezvous(0, 0x748F, 1, "bob", [Messages.Address(2, Addresses.Alice), Messages.Address(3, Addresses.Alice), Messages.Port(8_080)])),
        Said("an offer on the FLAP channel of errors", Reason.Recognised, [0x2A, 3, .. Offer[2..]]),
        Said("an offer on the FLAP channel of keep-alives", Reason.Recognised, [0x2A, 5, .. Offer[2..]]),
        Said("an offer on a FLAP channel that does not exist", Reason.Recognised, [0x2A, 9, .. Offer[2..]]),
        Said("an offer that is longer than its frame", Reason.Malformed, Messages.Join([.. Offer[..4]], Messages.U16((ushort)(Offer.Length - 10)), Offer[6..^4])),
        Said("another LAN host's address", Reason.AddressForeign, Messages.Offer(Addresses.Dave, 8_080)),
        Said("the gateway's address on the LAN", Reason.AddressForeign, Messages.Offer(Addresses.Parse("192.168.7.1"), 8_080)),
        Said("a host of the Internet", Reason.AddressForeign, Messages.Offer(Addresses.Bob, 8_080)),
        Said("the broadcast address", Reason.AddressForeign, Messages.Offer(Addresses.Parse("255.255.255.255"), 8_080)),
        Said("the LAN's broadcast address", Reason.AddressForeign, Messages.Offer(Addresses.Parse("192.168.7.255"), 8_080)),
        Said("a multicast address", Reason.AddressForeign, Messages.Offer(Addresses.Parse("224.0.0.1"), 8_080)),
        Said("her own address and another host's", Reason.AddressForeign, Messages.Rendezvous(0, Messages.DirectIm, 1, "bob",
            [Messages.Address(2, Addresses.Alice), Messages.Address(3, Addresses.Dave), Messages.Port(8_080)])),
        Said("no address at all", Reason.AddressMissing, Messages.Rendezvous(0, Messages.DirectIm, 1, "bob", [Messages.Port(8_080)])),
        Said("0.0.0.0", Reason.NotListening, Messages.Offer(default, 8_080)),
        Said("port 0", Reason.NotListening, Messages.Offer(Addresses.Alice, 0)),
        Said("no port", Reason.PortMissing, Messages.Rendezvous(0, Messages.DirectIm, 1, "bob", [Messages.Address(3, Addresses.Alice)])),
        Said("port 22", Reason.PortPrivileged, Messages.Offer(Addresses.Alice, 22)),
        Said("port 1023", Reason.PortPrivileged, Messages.Offer(Addresses.Alice, 1_023)),
        Said("a harmless port and one below 1024", Reason.PortAmbiguous, Messages.Rendezvous(0, Messages.DirectIm, 1, "bob",
            [Messages.Address(3, Addresses.Alice), Messages.Port(8_080), Messages.Port(22)])),
        Said("an offer through a proxy", Reason.Proxied, Messages.Rendezvous(0, Messages.DirectIm, 1, "bob",
            [Messages.Address(2, Addresses.Alice), Messages.Address(3, Addresses.Alice), Messages.Port(8_080), Messages.Tlv(0x0010)])),
        new("a port that leads elsewhere already", Reason.PortTaken, gateway =>
        {
            Conversation talk = Conversation.SignOn(gateway);
            talk.Client(Messages.Offer(Addresses.Gateway, 22_022));
        }),
        Heard("a hostile server's offer that names Alice herself", Reason.OfferFromOutside,
            Messages.Relayed(0, Messages.DirectIm, 1, "mallory", Messages.Address(2, Addresses.Alice), Messages.Address(3, Addresses.Alice), Messages.Port(8_080))),
        Heard("a hostile server that speaks like a client", Reason.Recognised, Offer),
        Heard("a redirect to a host of the LAN", Reason.ServerLearnt, Redirect("192.168.7.20:25")),
        Heard("a redirect to the gateway itself", Reason.ServerLearnt, Redirect("127.0.0.1:22")),
        Heard("an accept of what was never offered", Reason.Accepted, Messages.Relayed(2, Messages.DirectIm, 99, "mallory")),
        new("the bytes of an IM that was read, sent again as an offer", Reason.Recognised, gateway =>
        {
            Conversation talk = Conversation.SignOn(gateway);
            int at = talk.ClientLength;
            talk.Client(Messages.InstantMessage(new string('x', 400)));
            talk.ClientAt(at, Offer);
        }),
        new("an offer behind the FIN", Reason.Closed, gateway =>
        {
            Conversation talk = Conversation.SignOn(gateway);
            talk.Client([], TcpFlags.Fin | TcpFlags.Ack);
            talk.Client(Messages.Join([0], Offer));
            talk.Server([], TcpFlags.Fin | TcpFlags.Ack);
            gateway.WaitSeconds(120);
        }),
        new("an offer behind a reset", Reason.Closed, gateway =>
        {
            Conversation talk = Conversation.SignOn(gateway);
            talk.Server([], TcpFlags.Rst);
            talk.Client(Offer);
        }),
        new("an offer behind a frame that is none", Reason.FramingLost, gateway =>
        {
            Conversation talk = Conversation.SignOn(gateway);
            talk.Client(Messages.Join([0x2B], Offer));
            talk.Client(Offer);
        }),
        new("an offer behind bytes that were never seen", Reason.BytesMissed, gateway =>
        {
            Conversation talk = Conversation.SignOn(gateway);
            talk.ReserveClient(40);
            gateway.Send(Direction.Inbound, talk.Packet(Direction.Inbound, talk.ServerLength, [], TcpFlags.Ack, acknowledged: talk.ClientLength));
            talk.Client(Offer);
        }),
    ];

    private static Attempt Said(string name, Reason reason, byte[] message) => new(name, reason, gateway => Conversation.SignOn(gateway).Client(message));

    private static Attempt Heard(string name, Reason reason, byte[] message) => new(name, reason, gateway => Conversation.SignOn(gateway).Server(message));

    private static byte[] Redirect(string server) =>
        Messages.Snac(1, 5, 9, Messages.Tlv(0x000D, Messages.U16(0x18)), Messages.Tlv(0x0005, Encoding.ASCII.GetBytes(server)), Messages.Tlv(0x0006, [1, 2, 3, 4]));
}
