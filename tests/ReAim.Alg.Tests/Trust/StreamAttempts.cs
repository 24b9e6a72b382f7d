using System.Buffers.Binary;
using System.Text;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Trust;

/// <summary>
/// Streams that are not OSCAR and carry a perfect offer: what a page in Alice's browser, or a program that can be made to
/// connect somewhere, has sent on behalf of a stranger (PROTOCOL 1.5).
/// </summary>
internal static class StreamAttempts
{
    private static readonly byte[] Offer = Messages.Offer(Addresses.Alice, 8_080);
    private static readonly byte[] SignOnAndOffer = Messages.Join(Conversation.ClientHello, Offer);
    private static readonly byte[] Post = Encoding.ASCII.GetBytes("POST /a HTTP/1.1\r\nHost: evil.example:5190\r\nContent-Length: 9999\r\n\r\n");

    public static IEnumerable<Attempt> All =>
    [
        new("a POST whose body is a sign-on and an offer", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Client(Messages.Join(Post, SignOnAndOffer));
        }),
        new("a POST answered with a FLAP hello", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Server(Conversation.ServerHello);
            web.Client(Messages.Join(Post, SignOnAndOffer));
        }),
        new("a POST padded so that a segment begins with the sign-on", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Server(Conversation.ServerHello);
            web.Client(Padded(1_460));
            web.Client(SignOnAndOffer);
        }),
        new("a POST cut by a small MSS so that segments begin with sign-on and offer", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Server(Conversation.ServerHello);
            byte[] body = Messages.Join(Padded(536), SignOnAndOffer);
            foreach (byte[] segment in body.Chunk(536))
            {
                web.Client(segment);
            }
        }),
        new("the body's segment before the head's", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Server(Conversation.ServerHello);
            int head = web.ReserveClient(Post.Length);
            web.Client(SignOnAndOffer);
            web.ClientAt(head, Post);
        }),
        new("a head that is sent again as a sign-on", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Server(Conversation.ServerHello);
            web.Client(Padded(SignOnAndOffer.Length));
            web.ClientAt(0, SignOnAndOffer);
        }),
        new("a head whose end is overlapped by an offer", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Server(Conversation.ServerHello);
            web.Client(Padded(300));
            web.ClientAt(300 - Conversation.ClientHello.Length, SignOnAndOffer);
        }),
        new("a first byte that is a FLAP's, from a method named *", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Server(Conversation.ServerHello);
            web.Client(Messages.Join("* /a HTTP/1.1\r\n\r\n"u8.ToArray(), SignOnAndOffer));
        }),
        new("2A 01 and then HTTP", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Server(Conversation.ServerHello);
            web.Client(Messages.Join([0x2A, 0x01], Post, SignOnAndOffer));
        }),
        new("a first frame of another version", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Server(Conversation.ServerHello);
            web.Client(Messages.Join(Messages.Flap(1, Messages.U32(2)), SignOnAndOffer));
        }),
        new("a first frame that is a hello and goes on as text", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Server(Conversation.ServerHello);
            web.Client(Messages.Join(Messages.Flap(1, Messages.U32(1), Post), SignOnAndOffer));
        }),
        new("a true hello and then HTTP", Reason.FramingLost, gateway =>
        {
            Conversation web = Conversation.SignOn(gateway);
            web.Client(Messages.Join(Post, SignOnAndOffer));
        }),
        new("a true hello, HTTP, and the offer in a segment of its own", Reason.FramingLost, gateway =>
        {
            Conversation web = Conversation.SignOn(gateway);
            web.Client(Post);
            web.Client(SignOnAndOffer);
        }),
        new("a first frame that is too long and full of offers", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Server(Conversation.ServerHello);
            web.Client(Messages.Join([0x2A, 0x01, 0, 0, 0xFF, 0xFF], SignOnAndOffer, Offer));
        }),
        new("hello and offer from the client, a web page from the server", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Client(SignOnAndOffer);
            web.Server("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        }),
        new("hello and offer from the client, a banner later from the server", Reason.NotVerified, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Client(Conversation.ClientHello);
            web.Client(Messages.Join(Offer, Messages.InstantMessage("x")));
            web.Server("SMTP"u8.ToArray());
        }),
        new("a server that says its hello late, after a banner", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Server("220 mail ready\r\n"u8.ToArray());
            web.Server(Conversation.ServerHello);
            web.Client(SignOnAndOffer);
        }),
        new("a connection met in mid-stream", Reason.MidStream, gateway =>
        {
            var web = new Conversation(gateway, new(Addresses.Alice, 40_000), new(Addresses.Server, 5190));
            web.Server(Conversation.ServerHello);
            web.Client(SignOnAndOffer);
        }),
        new("an offer in the SYN", Reason.NotVerified, gateway =>
        {
            var web = new Conversation(gateway, new(Addresses.Alice, 40_000), new(Addresses.Server, 5190));
            gateway.Send(Direction.Outbound, web.Packet(Direction.Outbound, -1, SignOnAndOffer, TcpFlags.Syn));
            gateway.Send(Direction.Inbound, web.Packet(Direction.Inbound, -1, [], TcpFlags.Syn | TcpFlags.Ack));
            web.Server(Conversation.ServerHello);
            web.Client(Post);
        }),
        new("TLS that happens to hold the bytes", Reason.NotRecognised, gateway =>
        {
            Conversation web = Conversation.Open(gateway);
            web.Server(Conversation.ServerHello);
            web.Client(Messages.Join([0x16, 0x03, 0x01, 0x02, 0x00], SignOnAndOffer));
        }),
        new("TOC", Reason.NotRecognised, gateway =>
        {
            Conversation toc = Conversation.Open(gateway);
            toc.Client("FLAPON\r\n\r\n"u8);
            toc.Server(Conversation.ServerHello);
            toc.Client(SignOnAndOffer);
        }),
        new("a STUN request of a browser's call", Reason.NotRecognised, gateway =>
        {
            Conversation call = Conversation.Open(gateway);
            call.Server(Conversation.ServerHello);
            call.Client(Messages.Join([0x00, 0x01, 0x01, 0x00, 0x21, 0x12, 0xA4, 0x42], SignOnAndOffer));
        }),
        new("IP fragments, of which the second begins like a segment of its own", Reason.Fragment, gateway =>
        {
            Conversation web = Conversation.SignOn(gateway);
            byte[] whole = web.Packet(Direction.Outbound, web.ClientLength, Messages.Join(Post[..4], web.Packet(Direction.Outbound, web.ClientLength, Offer, TcpFlags.Ack)[20..]), TcpFlags.Ack);
            gateway.Send(Direction.Outbound, Fragment(whole, 0, 24, more: true));
            gateway.Send(Direction.Outbound, Fragment(whole, 24, whole.Length - 44, more: false));
        }),
        new("a segment with a wrong checksum, which no host takes", Reason.WrongTcpChecksum, gateway =>
        {
            Conversation talk = Conversation.SignOn(gateway);
            byte[] packet = talk.Packet(Direction.Outbound, talk.ClientLength, Offer, TcpFlags.Ack);
            packet[36] ^= 1;
            gateway.Send(Direction.Outbound, packet);
        }),
        new("a segment far from where the stream is", Reason.OutOfWindow, gateway =>
        {
            Conversation talk = Conversation.SignOn(gateway);
            talk.ClientAt(100_000_000, Offer);
        }),
        new("another LAN host's packet in Alice's connection", Reason.MidStream, gateway =>
        {
            Conversation talk = Conversation.SignOn(gateway);
            var dave = new Conversation(gateway, new(Addresses.Dave, 40_000), new(Addresses.Server, 5190));
            dave.ReserveClient(talk.ClientLength);
            dave.Client(Messages.Offer(Addresses.Dave, 8_080));
        }),
        new("a connect from outside that speaks like a client", Reason.FromOutside, gateway =>
        {
            var stranger = new Conversation(gateway, new(Addresses.Alice, 5190), new(Addresses.Bob, 40_000));
            gateway.Send(Direction.Inbound, stranger.Packet(Direction.Inbound, -1, [], TcpFlags.Syn));
            gateway.Send(Direction.Outbound, stranger.Packet(Direction.Outbound, -1, [], TcpFlags.Syn | TcpFlags.Ack));
            stranger.Server(Messages.Join(Conversation.ServerHello, Offer));
            stranger.Client(SignOnAndOffer);
        }),
    ];

    private static byte[] Padded(int length)
    {
        byte[] head = [.. Post, .. new byte[length]];
        return head[..length];
    }

    /// <summary>A part of a datagram's payload as a fragment.</summary>
    private static byte[] Fragment(byte[] datagram, int from, int length, bool more)
    {
        byte[] part = [.. datagram[..20], .. datagram[(20 + from)..(20 + from + length)]];
        BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(2), (ushort)part.Length);
        BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(6), (ushort)((more ? 0x2000 : 0) | (from / 8)));
        part.AsSpan(10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(10), (ushort)~TcpPacket.Naive(0, part.AsSpan(0, 20)));
        return part;
    }
}
