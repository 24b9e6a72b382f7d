using ReAim.Alg.Tests.World;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Tests.World;

/// <summary>A rendezvous of a client that offers bob something at its port 5190, packet by packet, and what is told of it.</summary>
internal static class Rendezvous
{
    public const string Server = "198.51.100.5:5190";
    public const string Offered = "192.168.7.10:5190";
    public const string Bob = "198.51.100.77:40312";
    public const string BobAgain = "198.51.100.77:40313";
    public const string Stranger = "198.51.100.200:51000";
    public const ushort SendFile = 0x1343;
    public const ulong Cookie = 1;
    private static readonly byte[] s_hello = Messages.Flap(1, Messages.U32(1));

    /// <summary>The client's ladder with an offer to bob, what comes in between, and what client and server say then.</summary>
    public static IEnumerable<byte[]> Offering(ushort capability = Messages.DirectIm, byte[][]? then = null, byte[][]? fromServer = null, byte[][]? between = null)
    {
        var talk = new TcpTalk("192.168.7.10:40000", Server);
        return [
            .. talk.Handshake(), talk.Send(true, s_hello), talk.Send(false, s_hello),
            talk.Send(true, Messages.Offer(Addresses.Alice, 5190, Cookie, capability: capability)),
            .. between ?? [],
            .. (then ?? []).Select(message => talk.Send(true, message)),
            .. (fromServer ?? []).Select(message => talk.Send(false, message))];
    }

    public static byte[][] SignOn(string name, string client, out TcpTalk talk)
    {
        talk = new TcpTalk(client, Server);
        byte[] own = Messages.Snac(1, 0x0F, 1, [(byte)name.Length, .. System.Text.Encoding.ASCII.GetBytes(name)], Messages.U16(0), Messages.U16(0));
        return [.. talk.Handshake(), talk.Send(true, s_hello), talk.Send(false, s_hello, own)];
    }

    /// <summary>A message of bob's that the server brings: 1 cancels, 2 accepts.</summary>
    public static byte[] Relayed(ushort type, ushort capability = Messages.DirectIm) => Messages.Relayed(type, capability, Cookie, "bob");

    /// <summary>Both say hello, and the listener ten bytes: 238 in all.</summary>
    public static byte[][] Chat(TcpTalk talk) => [talk.Send(true, Odc()), talk.Send(false, Odc()), talk.Send(false, Odc(length: 10), new byte[10])];

    public static bool[] Sessions(InspectionReport report) => [.. report.Rendezvous.Single().Connections.Select(peer => peer.IsSession)];

    public static string Outcomes(InspectionReport report) =>
        string.Join(' ', Inspecting.Text(report).Split("outcome")[1].Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    public static byte[] Odc(ulong cookie = Cookie, string name = "", uint length = 0)
    {
        byte[] header = new byte[76];
        "ODC2\0L\0\u0001"u8.CopyTo(header);
        Messages.U64(cookie).CopyTo(header, 12);
        Messages.U32(length).CopyTo(header, 28);
        header[39] = length == 0 ? (byte)0x60 : (byte)0;
        System.Text.Encoding.ASCII.GetBytes(name).CopyTo(header, 44);
        return header;
    }

    public static byte[] Oft(ushort type, uint size)
    {
        byte[] header = new byte[256];
        "OFT2\u0001\0"u8.CopyTo(header);
        Messages.U16(type).CopyTo(header, 6);
        Messages.U64(Cookie).CopyTo(header, 8);
        Messages.U32(size).CopyTo(header, 32);
        "a.txt"u8.CopyTo(header.AsSpan(192));
        return header;
    }
}
