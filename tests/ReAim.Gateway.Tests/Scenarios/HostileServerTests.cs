using System.Net.Sockets;
using System.Text;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Gateway.Tests.Figures;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>
/// NAT slipstreaming over real TCP: Alice's browser is made to connect to a hostile server's port 5190, or Alice signs on to one. No
/// port opens, however segments are cut; and the same offer in a true session shows that one would.
/// </summary>
[RequiresRoot, RequiresRun]
internal sealed class HostileServerTests
{
    /// <summary>TCP_MAXSEG (tcp(7)).</summary>
    private const int MaxSegment = 2;

    // What keeps such an offer out is to be the protocol, not the port.
    private static readonly string[] s_anyPort = ["--deny-port", "none"];

    private static readonly Ipv4Address s_alice = Addresses.Alice;
    private static readonly byte[] s_hello = Messages.Flap(1, Messages.U32(1));
    private static readonly byte[] s_offer = Messages.Offer(s_alice, 8_080);
    private static readonly byte[] s_post = Encoding.ASCII.GetBytes("POST /a HTTP/1.1\r\nHost: evil.example:5190\r\nContent-Length: 99999\r\n\r\n");

    [Test]
    public void A_page_opens_nothing_whatever_it_posts()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway, s_anyPort);
        byte[] body = Messages.Join(s_hello, s_offer);
        Browse(lab, 0, Messages.Join(s_post, body));
        Browse(lab, 0, s_post, body);
        Browse(lab, 0, [0x2A, 0x01], s_post, body);
        Browse(lab, 0, Messages.Join(s_hello, s_post), body);

        // The server's MSS cuts the post where a segment begins with the body: with timestamps, and without.
        foreach (int segment in (int[])[524, 536])
        {
            byte[] padded = [.. s_post, .. new byte[(segment * 3) - s_post.Length]];
            Browse(lab, 536, Messages.Join(padded, body, new byte[200]));
        }

        AssertNothingOpened(lab, tool);
        Assert.That(GatewayStatus.Read(lab.Gateway).GetProperty("reasons").GetProperty("not-recognised").GetInt64(), Is.GreaterThanOrEqualTo(5));
        AssertATrueSessionOpens(lab);
    }

    [Test]
    public void A_well_known_service_stays_shut_also_in_a_true_session_and_its_offer_as_it_is()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        using RawTalk talk = RawTalk.Connect(lab, 5190, isOscar: true);
        Assert.That(Pass(talk.Client, talk.Server, s_offer), Is.EqualTo(s_offer));
        Assert.That(lab.Gateway.MappingCount(), Is.Zero);
        Assert.That(tool.WaitForLine("its port is a well-known service's, which is opened for nobody: see --deny-port (port-denied)", 2), string.Join('\n', tool.Log));
        byte[] other = Messages.Offer(s_alice, 8_081, 2);
        Assert.That(Pass(talk.Client, talk.Server, other), Is.Not.EqualTo(other));
        Assert.That(lab.Gateway.MappingCount(), Is.EqualTo(1));
    }

    [Test]
    public void A_server_opens_nothing_whatever_it_says_and_neither_does_an_offer_of_what_is_not_alices()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway, s_anyPort);
        using RawTalk talk = RawTalk.Connect(lab, 5190, isOscar: true);
        foreach (byte[] said in (byte[][])
        [
            s_offer,
            Messages.Relayed(0, Messages.DirectIm, 9, "bob", Messages.Address(2, s_alice), Messages.Address(3, s_alice), Messages.Port(8_080)),
            Messages.Relayed(0, Messages.DirectIm, 10, "bob", Messages.Address(2, Addresses.Gateway), Messages.Address(3, Addresses.Gateway), Messages.Port(22)),
            Messages.Snac(1, 5, 8, Messages.Tlv(0x000D, Messages.U16(0x10)), Messages.Tlv(0x0005, "192.168.7.1:22"u8.ToArray()), Messages.Tlv(0x0006, Messages.U32(7))),
        ])
        {
            Assert.That(Pass(talk.Server, talk.Client, said), Is.EqualTo(said));
        }

        foreach (byte[] said in (byte[][])
        [
            Messages.Offer(Addresses.Dave, 8_080, 11),
            Messages.Offer(Addresses.Parse("192.168.7.1"), 8_080, 12),
            Messages.Offer(s_alice, 22, 13),
            Messages.Offer(s_alice, 0, 14),
            Messages.Offer(Addresses.Parse("255.255.255.255"), 8_080, 15),
            Messages.Offer(Addresses.Bob, 8_080, 16),
        ])
        {
            Assert.That(Pass(talk.Client, talk.Server, said), Is.EqualTo(said));
        }

        AssertNothingOpened(lab, tool);
        AssertATrueSessionOpens(lab);
    }

    /// <summary>Connects from Alice's host; the server says hello at once, and what is posted arrives as it was.</summary>
    private static void Browse(Lab lab, int maxSegment, params byte[][] posted)
    {
        using Socket listener = RawTalk.Listen(lab.Bob.Namespace, 5190);
        if (maxSegment > 0)
        {
            listener.SetRawSocketOption((int)SocketOptionLevel.Tcp, MaxSegment, BitConverter.GetBytes(maxSegment));
        }

        (Socket client, Socket server) = RawTalk.Connect(lab.Bob.Namespace, lab.Alice.Namespace, Lab.BobAddress, 5190, listener);
        using (client)
        using (server)
        {
            Assert.That(Pass(server, client, s_hello), Is.EqualTo(s_hello));
            foreach (byte[] part in posted)
            {
                Assert.That(Pass(client, server, part), Is.EqualTo(part), "it arrives as it was");
            }
        }
    }

    private static byte[] Pass(Socket from, Socket to, byte[] bytes)
    {
        to.ReceiveTimeout = 3_000;
        from.Send(bytes);
        byte[] got = new byte[bytes.Length];
        for (int at = 0; at < got.Length;)
        {
            int count = to.Receive(got, at, got.Length - at, SocketFlags.None);
            Assert.That(count, Is.Positive);
            at += count;
        }

        return got;
    }

    private static void AssertNothingOpened(Lab lab, GatewayTool tool)
    {
        Assert.That(lab.Gateway.MappingCount(), Is.Zero);
        Assert.That(tool.Log, Has.None.Contains("(offer-rewritten)").And.None.Contains("(offer-mapped)"));
    }

    private static void AssertATrueSessionOpens(Lab lab)
    {
        using RawTalk talk = RawTalk.Connect(lab, 5190, isOscar: true);
        Assert.That(Pass(talk.Client, talk.Server, s_offer), Is.Not.EqualTo(s_offer));
        Assert.That(lab.Gateway.MappingCount(), Is.EqualTo(1));
    }
}
