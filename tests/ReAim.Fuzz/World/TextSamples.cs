using System.Text;
using System.Text.Json;
using ReAim.Alg.Tests.World;

namespace ReAim.Fuzz.World;

/// <summary>What clients and servers of text protocols say, which a script names by number.</summary>
internal static class TextSamples
{
    private const string Acknowledgement =
        "MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\nP2P-Dest: alice@example.net\r\n\r\n"
        + "\0\0\0\0\u0009\0\0\0\0\0\0\0\0\0\0\0\u00ff\u0001\0\0\0\0\0\0\0\0\0\0\u0002\0\0\0\u0004\u0003\u0002\u0001\0\0\0\0\u00ff\u0001\0\0\0\0\0\0\0\0\0\0";

    private static readonly uint s_alice = Addresses.Alice.Value;

    /// <summary>How connections begin: client and server.</summary>
    public static IReadOnlyList<(ushort Port, byte[] Client, byte[] Server)> Openings { get; } =
    [
        (6667, Bytes("CAP LS 302\r\nNICK alice\r\nUSER alice 0 * :Alice\r\n"), Bytes(":irc NOTICE * :hello\r\n:irc 001 alice :Welcome\r\n")),
        (1863, Bytes("USR 1 alice@example.net 17.10\r\n"), Bytes("USR 1 OK alice@example.net Alice\r\nJOI bob@example.net Bob\r\n")),
        (1863, Bytes("ANS 1 alice@example.net 17.10 3\r\n"), Bytes("IRO 1 1 1 bob@example.net Bob\r\nANS 1 OK\r\n")),
        (1863, Bytes("VER 1 MSNP8 CVR0\r\n"), Bytes("VER 1 MSNP8 CVR0\r\n")),
        (5190, [], []),
        (6667, Bytes("\r\nCAP LS\r\nJOIN :\r\n:alice nick Alice\r\n@a=b USER a 0 * :a\r\n"), Bytes("@time=1 :irc 451 * JOIN :no\r\n:alice NICK guest\r\n@time=1 :irc 001 guest :Welcome\r\n")),
        (6667, Bytes("NICK alice\r\nUSER a 0 * :a\r\n"), Bytes(":irc 001 * :Welcome\r\n")),
        (1863, Bytes("ANS 1 alice@example.net 17.10 3\r\n"), Bytes("JOI alice@example.net Alice\r\nIRO 1 1 1 bob@example.net Bob\r\nANS 1 OK\r\n")),
    ];

    public static IReadOnlyList<byte[]> Client { get; } =
    [
        Bytes($"PRIVMSG bob :\u0001DCC SEND file.txt {s_alice} 5000 12345\u0001\r\n"),
        Bytes($"PRIVMSG bob :\u0001DCC SEND \"a file\" {s_alice} 5001 12345\u0001\r\n"),
        Bytes($"PRIVMSG bob :\u0001DCC CHAT chat {s_alice} 5000\u0001\r\n"),
        Bytes("PRIVMSG bob :\u0001DCC ACCEPT file.txt 5000 100\u0001\r\n"),
        Bytes($"@label=7 :alice NOTICE bob,carol :\u0001dcc ssend my file 7 {s_alice} 5000 12345 7\r\n"),
        Bytes($"PRIVMSG bob :\u0001DCC SEND \"a \"b\" {s_alice} 5002 1 c\" 192.168.7.10 5000 12345\u0001\r\n"),
        Bytes("PRIVMSG bob :\u0001DCC TSEND my file 0 5000 12345 7\u0001\r\nPRIVMSG bob :\u0001DCC SEND my file 0 0 5000 7\u0001\r\n"),
        Bytes($"PRIVMSG bob :\u0001DCC SEND my file {s_alice} 5000 {s_alice} 5001\u0001\r\nPRIVMSG bob :\u0001DCC CHAT chat ::1 5000\u0001\r\n"),
        Bytes("@a=b PRIVMSG bob :\u0001DCC ACCEPT my 5001 file 5000 100 7\r\n"),
        Bytes("PRIVMSG bob :hello\r\n"),
        Bytes("QUIT :bye\r\n"),
        Bytes("MSG 5 A 70\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nhello"),
        Bytes("OUT\r\n"),
        .. Vectors("LAN to WAN"),
    ];

    public static IReadOnlyList<byte[]> Server { get; } =
    [
        Bytes(":bob!b@h PRIVMSG alice :\u0001DCC RESUME file.txt 61000 100\u0001\r\n"),
        Bytes($":bob!b@h PRIVMSG alice :\u0001DCC SEND file.txt {s_alice} 5000 1\u0001\r\n"),
        Bytes("@time=1 :bob!b@h PRIVMSG alice :\u0001DCC RESUME \"a \"b\" c\" 61000 100 7\r\n"),
        Bytes(":bob!b@h PRIVMSG alice :hello\r\n"),
        Bytes("JOI carol@example.net Carol\r\n"),
        Bytes("XFR 5 SB 198.51.100.40:1864 CKI 17.10\r\n"),
        Bytes("RNG 11 sb.example.net:1865 CKI 8.5 bob@example.net Bob\r\n"),
        Bytes($"MSG bob@example.net Bob {Acknowledgement.Length}\r\n{Acknowledgement}"),
        .. Vectors("WAN to LAN"),
    ];

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static List<byte[]> Vectors(string direction)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "vectors-msn.json")));
        return
        [
            .. document.RootElement.GetProperty("vectors").EnumerateArray()
                .Where(vector => vector.GetProperty("direction").GetString() == direction)
                .Select(vector => Bytes(vector.GetProperty("before").GetString()!)),
        ];
    }
}
