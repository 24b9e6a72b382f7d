using System.Text;
using CsCheck;
using ReAim.Alg.Tests.Irc;
using ReAim.Alg.Tests.Streams;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.Msn.MsnGateway;

namespace ReAim.Alg.Tests.Msn;

/// <summary>Random talks over a switchboard, in any pieces, any order, lost and repeated.</summary>
[TestFixture]
internal sealed class MsnTranslationTests
{
    private static readonly string[] s_hosts = ["192.168.7.10", "10.0.0.1", "192.168.100.100"];
    private static readonly string[] s_gateways = ["203.0.113.7", "1.2.3.4", "203.100.113.213", "20.30.40.50"];

    private static readonly Gen<(int[] Kinds, int Choice, int Order)> Talks = Gen.Select(Gen.Int[0, 11].Array[1, 20], Gen.Int[0, 1_000_000], Gen.Int[0, int.MaxValue - 1]);

    [Test]
    public void A_talk_cut_merged_reordered_and_repeated_at_random_is_heard_as_it_must_be() => Property.Holds(Talks, 300, talk =>
    {
        var random = new Random(talk.Order);
        Ipv4Address host = Addresses.Parse(s_hosts[talk.Choice % s_hosts.Length]);
        Ipv4Address outside = Addresses.Parse(s_gateways[talk.Choice / 3 % s_gateways.Length]);
        bool isRemapping = talk.Choice % 2 == 0;
        (Gateway gateway, Conversation flow) = SignOn(isRemapping ? IrcGateway.Remapping(outside) : IrcGateway.Options(outside), host);

        // An offer that went late gave its port back: the next gets another.
        int[] ports = isRemapping ? [.. Enumerable.Range(61_000, 20)] : [5_000];
        (string Said, string[] Rewritten)[] messages =
        [
            .. talk.Kinds.Select((kind, i) => (Build(kind, i, host, 5_000), ports.Select(port => Build(kind, i, outside, port)).ToArray())),
        ];
        byte[] stream = Encoding.Latin1.GetBytes(string.Concat(messages.Select(message => message.Said)));
        TranslationTests.Receive(gateway, flow, flow.ReserveClient(stream.Length), stream, random);
        string heard = Heard(flow, Direction.Outbound);
        int at = 0;
        foreach ((string said, string[] rewritten) in messages)
        {
            string? came = Array.Find(rewritten, text => heard.AsSpan(at).StartsWith(text));
            Assert.That(came is not null || heard.AsSpan(at).StartsWith(said), $"at {at} of {heard.Length}, not {said}");
            Assert.That(came is not null || TranslationTests.Excuses.Any(reason => gateway.Count(reason) > 0), "what could be rewritten was");
            at += (came ?? said).Length;
        }

        Assert.That((heard.Length, gateway.Held), Is.EqualTo((at, 0)));
        gateway.Departures.ForEach(departure => PacketJudge.AssertSound(departure.Bytes));
    }, talk => $"{talk.Choice} {talk.Order}: {string.Join(' ', talk.Kinds)}");

    /// <summary>Text, data, and offers of both kinds, which all are for one port.</summary>
    private static string Build(int kind, int number, Ipv4Address address, int port) => kind switch
    {
        < 5 => Message($"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n{new string('x', kind * kind * 60)}"),
        5 => Message(PeerToPeer(new string('d', 1_202), session: 99)),
        6 => "PNG\r\n",
        < 9 => Message(Accept(address, port, cookie: 100 + number)),
        9 => Message(Accept(address, port, cookie: 7)),
        _ => Message(PeerToPeer(Transport(address, port, callId: $"{{{number}}}"), identifier: (uint)number)),
    };
}
