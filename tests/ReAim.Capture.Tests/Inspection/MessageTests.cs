using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Capture.Inspection;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Inspection;

/// <summary>Each kind of message, and each way to be malformed, as a line of a ladder.</summary>
[TestFixture]
internal sealed class MessageTests
{
    private static readonly byte[] Hello = Messages.Flap(1, Messages.U32(1));

    private static IEnumerable<TestCaseData> Lines()
    {
        static TestCaseData Case(string says, params byte[] message) => new TestCaseData(message, says).SetArgDisplayNames(says);
        yield return Case("ICBM send to bob: OFFER Direct IM (1345), request 1", Messages.Offer(Addresses.Alice, 5190));
        yield return Case("0002 192.168.7.10 · 0003 192.168.7.10 · 0005 port 5190", Messages.Offer(Addresses.Alice, 5190));
        yield return Case("COUNTER-OFFER send file (1343), request 2", Messages.Offer(Addresses.Alice, 5190, capability: Messages.SendFile, request: 2));
        yield return Case("PROXY OFFER get file (1348)\n                    cookie 0000000000000009\n                    0010 proxy · 0002 203.0.113.7 · 0005 PIN 77", Messages.Rendezvous(0, Messages.GetFile, 9, "bob", [Messages.Address(2, Addresses.Gateway), Messages.Port(77), Messages.Tlv(0x10)]));
        yield return Case("0016 check of 192.168.7.10 · 0017 check of 5190 · 0015 check of 1 — does not fit 0005", Messages.Rendezvous(0, Messages.SendFile, 1, "bob", [Messages.Address(2, Addresses.Alice), Messages.Port(5190), Messages.Tlv(0x16, Messages.U32(~Addresses.Alice.Value)), Messages.Tlv(0x17, Messages.U16(unchecked((ushort)~5190))), Messages.Tlv(0x15, Messages.U16(0xFFFE))]));
        yield return Case("0016 check of 203.0.113.7 — does not fit 0002", Messages.Rendezvous(0, Messages.SendFile, 1, "bob", [Messages.Address(2, Addresses.Alice), Messages.Tlv(0x16, Messages.U32(~Addresses.Gateway.Value))]));
        yield return Case("2 files, file a*, 12,000 bytes", Messages.Rendezvous(0, Messages.SendFile, 1, "bob", [Messages.Tlv(0x2711, Messages.U16(2), Messages.U16(2), Messages.U32(12_000), "a*\0"u8.ToArray())]));
        yield return Case("CANCEL Direct IM (1345), by the user", Messages.Cancel());
        yield return Case("ACCEPT Direct IM (1345)", Messages.Accept());
        yield return Case("0004/000B  client reply to bob: DECLINE, by the user", Messages.Decline());
        yield return Case("client reply to bob: DECLINE, failed, code 4", Messages.Decline(code: 4));
        yield return Case("TYPE 7 talk (1341)", Messages.Rendezvous(7, 0x1341, 1, "bob", []));
        yield return Case("OFFER chat invitation", Messages.Snac(4, 6, 7, Messages.Head(1, 2, "bob"), Messages.Tlv(5, Messages.U16(0), Messages.U64(1), Convert.FromHexString("748F2420628711D18222444553540000"))));
        yield return Case("OFFER capability 11223344-5566-7788-99AA-BBCCDDEEFF00", Messages.Snac(4, 6, 7, Messages.Head(1, 2, "bob"), Messages.Tlv(5, Messages.U16(0), Messages.U64(1), Convert.FromHexString("112233445566778899AABBCCDDEEFF00"))));
        yield return Case("ICBM send              to bob (5 characters)", Messages.InstantMessage("hello"));
        yield return Case("0001/0005  service redirect       go to 10.0.0.1:5190 for icon", Messages.Snac(1, 5, 1, Messages.Tlv(0x0D, Messages.U16(0x10)), Messages.Tlv(5, "10.0.0.1:5190"u8.ToArray())));
        yield return Case("0017/0003  login reply            go to bos by TLS", Messages.Snac(0x17, 3, 1, Messages.Tlv(5, "bos"u8.ToArray()), Messages.Tlv(0x8E, [1])));
        yield return Case("0017/0003  login reply            refused, error 5", Messages.Snac(0x17, 3, 1, Messages.Tlv(8, Messages.U16(5))));
        yield return Case("0003/000B  buddy arrived          carol", Messages.Snac(3, 0xB, 1, "\u0005carol"u8.ToArray()));
        yield return Case("0002/0001  locate error           error 0004: not signed on", Messages.Snac(2, 1, 1, Messages.U16(4)));
        yield return Case("00FF/0007  unknown message", Messages.Snac(0xFF, 7, 1));
        yield return Case("channel 5  keep-alive", Messages.Flap(5));
        yield return Case("channel 4  sign-off               signed on elsewhere", Messages.Flap(4, Messages.Tlv(9, Messages.U16(1))));
        yield return Case("channel 9  unknown channel        2 bytes", Messages.Flap(9, [1, 2]));
        yield return Case("channel 4  sign-off               four bytes, as AIM before 4.1 is told", 0x2A, 4, 0, 1);
        yield return Case("a SNAC of 3 bytes without a whole header [malformed]", Messages.Flap(2, [0, 4, 0]));
        yield return Case("0004/0006  a message whose head is not whole [malformed]", Messages.Snac(4, 6, 1, [1, 2, 3]));
        yield return Case("0004/0006  to bob: a rendezvous message without one whole rendezvous block [malformed]", Messages.Snac(4, 6, 1, Messages.Head(1, 2, "bob"), Messages.Tlv(3)));
        yield return Case("[malformed] its TLVs do not fit; those that do are shown", Messages.Rendezvous(0, Messages.SendFile, 1, "bob", [Messages.Address(2, Addresses.Alice), [0, 5, 0, 9, 1]]));
        yield return Case("[malformed] its TLVs do not fit; those that do are shown", Messages.Rendezvous(0, Messages.SendFile, 1, "bob", [Messages.Tlv(2, [1, 2, 3])]));
        yield return Case("a frame must begin here, but the byte is 58 [framing-lost]", [.. "X"u8]);
        yield return Case("ends inside a frame: 3 of a header's 6 bytes [truncated]", 0x2A, 2, 0);
        yield return Case("ends inside a frame: 4 of 100 bytes (0004/0006 ICBM send) [truncated]", 0x2A, 2, 0, 1, 0, 100, 0, 4, 0, 6);
    }

    [TestCaseSource(nameof(Lines))]
    public void A_message_is_told(byte[] message, string says)
    {
        foreach (int cut in (int[])[message.Length, 1, message.Length / 2])
        {
            var talk = new TcpTalk("192.168.7.10:40000", "198.51.100.5:5190");
            byte[][] pieces = [.. talk.Handshake(), talk.Send(true, Hello), .. new[] { message[..cut], message[cut..] }.Where(piece => piece.Length > 0).Select(piece => talk.Send(true, piece))];
            Assert.That(Inspecting.Text(Inspecting.Datagrams(pieces)), Does.Contain(says), $"cut at {cut}");
        }
    }

    [Test]
    public void A_message_to_the_client_skips_user_info_by_count()
    {
        var talk = new TcpTalk("192.168.7.10:40000", "198.51.100.5:5190");
        byte[] relayed = Messages.Relayed(0, Messages.SendFile, 1, "bob", Messages.Address(3, Addresses.Bob), Messages.Address(4, Addresses.Gateway), Messages.Port(5190));
        Assert.That(Inspecting.Text(Inspecting.Datagrams([.. talk.Handshake(), talk.Send(false, Hello, relayed)])), Does.Contain("0003 198.51.100.77 · 0004 verified 203.0.113.7 · 0005 port 5190"));
    }

    [Test]
    public void A_hole_inside_a_frame_costs_that_frame_only()
    {
        var talk = new TcpTalk("192.168.7.10:40000", "198.51.100.5:5190");
        byte[][] start = [.. talk.Handshake(), talk.Send(true, Hello)];
        byte[] offer = Messages.Offer(Addresses.Alice, 5190);
        byte[] first = talk.Send(true, offer[..40]);
        talk.Send(true, offer[40..77]);
        byte[] last = talk.Send(true, offer[77..], Messages.Cancel());
        string text = Inspecting.Text(Inspecting.Datagrams([.. start, first, last, talk.Acknowledge(false)]));
        Assert.That(text, Does.Contain("37 bytes missing [bytes-missed]"));
        Assert.That(text, Does.Contain("a frame (0004/0006 ICBM send) cannot be read: 37 of its").And.Contain("CANCEL Direct IM"));
        Assert.That(text, Does.Not.Contain("framing-lost"));
    }

    [Test]
    public void After_a_hole_between_frames_the_next_one_is_known_by_its_number()
    {
        var talk = new TcpTalk("192.168.7.10:40000", "198.51.100.5:5190");
        byte[][] start = [.. talk.Handshake(), talk.Send(true, Numbered(1, Hello))];
        talk.Send(true, Numbered(2, Messages.InstantMessage("lost")));
        byte[] next = talk.Send(true, Numbered(3, Messages.Offer(Addresses.Alice, 5190)));
        InspectionReport report = Inspecting.Datagrams([.. start, next, talk.Acknowledge(false)]);
        Assert.That(report.Rendezvous.Single().Messages.Single().Kind, Is.EqualTo(RendezvousKind.Offer));
        Assert.That(report.Conversations.Single().Steps.Select(step => step.Reason), Is.EqualTo(new[] { Reason.None, Reason.BytesMissed, Reason.None }));
    }

    private static byte[] Numbered(byte sequence, byte[] frame) => [.. frame[..2], 0, sequence, .. frame[4..]];
}
