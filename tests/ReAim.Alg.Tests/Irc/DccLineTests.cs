using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.Irc.IrcGateway;

namespace ReAim.Alg.Tests.Irc;

/// <summary>Lines in which a DCC message stands, and such as only look as if one did (PROTOCOL-IRC 2).</summary>
[TestFixture]
internal sealed class DccLineTests
{
    private const int LongestLine = 512;

    [TestCase("CPRIVMSG bob #c :^DCC SEND a.txt @ 5000 1^")]
    [TestCase("cnotice bob  #c  :^DCC CHAT chat @ 5000^")]
    [TestCase("@label=7 :alice CNOTICE bob #c :^DCC SEND \"a b\" @ 5000 1")]
    [TestCase("  PRIVMSG bob :^DCC SEND a.txt @ 5000 1^")]
    [TestCase(" @label=7 PRIVMSG bob :^DCC SEND a.txt @ 5000 1^")]
    [TestCase("PRIVMSG bob :^DCC SEND a.txt @ 5000 1^ ")]
    [TestCase("PRIVMSG bob :^DCC SEND a.txt @ 5000 1^^")]
    public void An_offer_is_helped_however_it_is_cut(string line)
    {
        string Text(Ipv4Address address) => Spell(line, address);
        string said = Text(Addresses.Alice);
        for (int cut = 0; cut < said.Length; cut++)
        {
            (Gateway gateway, Conversation flow) = SignOn(Options(Addresses.Parse("1.2.3.4")));
            foreach (string part in (string[])[said[..cut], said[cut..]])
            {
                if (part.Length > 0)
                {
                    flow.Say(part);
                }
            }

            Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(Text(Addresses.Parse("1.2.3.4"))), $"cut at {cut}");
            Assert.That(gateway.Mappings.Single().ToString(), Is.EqualTo("1.2.3.4:5000 -> 192.168.7.10:5000"));
        }
    }

    [TestCase("PRIVMSG bob :look: ^DCC SEND a.txt @ 5000 1^")]
    [TestCase("PRIVMSG bob :^VERSION^^DCC SEND a.txt @ 5000 1^")]
    [TestCase("PRIVMSG bob ^DCC SEND a.txt @ 5000 1^")]
    [TestCase("PRIVMSG bob :^ DCC SEND a.txt @ 5000 1^")]
    [TestCase("PRIVMSG bob :^DCC<tab>SEND a.txt @ 5000 1^")]
    [TestCase("PRIVMSG bob :hi<cr>PRIVMSG bob :^DCC SEND a.txt @ 5000 1^")]
    [TestCase("CPRIVMSG bob :^DCC SEND a.txt @ 5000 1^")]
    [TestCase("SQUERY bob :^DCC SEND a.txt @ 5000 1^")]
    public void What_only_looks_like_an_offer_passes_with_a_reason(string line)
    {
        (Gateway gateway, Conversation flow) = SignOn();
        string said = Spell(line, Addresses.Alice);
        flow.Say(said);
        flow.Hear($":bob!b@h {said}");
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(said));
        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.Malformed), gateway.Count(Reason.OfferFromOutside)), Is.EqualTo((0, 1L, 1L)));
    }

    [Test]
    public void A_line_as_long_as_servers_take_is_helped_as_long_as_it_does_not_grow()
    {
        (_, Conversation flow) = SignOn();
        string said = Padded(Addresses.Alice, LongestLine);
        flow.Say(said);
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(said.Replace($"{Addresses.Alice.Value}", $"{Addresses.Gateway.Value}", StringComparison.Ordinal)));
    }

    [TestCase(LongestLine, Reason.PortTaken)]
    [TestCase(LongestLine - 1, Reason.OfferRewritten)]
    public void Where_there_is_no_room_for_a_longer_port_the_offer_keeps_its_own_or_none(int length, Reason reason)
    {
        (Gateway gateway, Conversation flow) = SignOn(Remapping());
        flow.Say(Padded(Addresses.Alice, length));
        Assert.That(gateway.Count(reason), Is.EqualTo(1));
        Assert.That(Heard(flow, Direction.Outbound), Has.Length.LessThanOrEqualTo(LongestLine));
    }

    [Test]
    public void A_port_is_said_again_in_the_longest_line_that_has_room_for_it()
    {
        (Gateway gateway, Conversation flow) = SignOn(Remapping());
        flow.Say(Send(Addresses.Alice, 5_000));
        string before = Heard(flow, Direction.Outbound);
        string Accept(int port, int length)
        {
            string line = $"PRIVMSG bob :\u0001DCC ACCEPT * {port} 100\u0001\r\n";
            return line.Replace("*", new string('x', length - line.Length + 1), StringComparison.Ordinal);
        }

        flow.Say(Accept(5_000, LongestLine - 1));
        Assert.That(Heard(flow, Direction.Outbound)[before.Length..], Is.EqualTo(Accept(61_000, LongestLine)));
        flow.Say(Accept(5_000, LongestLine));
        Assert.That(Heard(flow, Direction.Outbound), Does.EndWith(Accept(5_000, LongestLine)));
        Assert.That(gateway.Count(Reason.MessageTooLong), Is.EqualTo(1));
    }

    /// <summary>A line whose delimiters, controls and address are written as the names of tests may have them.</summary>
    private static string Spell(string line, Ipv4Address address) =>
        line.Replace('^', '\u0001').Replace("<tab>", "\t", StringComparison.Ordinal).Replace("<cr>", "\r", StringComparison.Ordinal)
            .Replace("@ 5000", $"{address.Value} 5000", StringComparison.Ordinal) + "\r\n";

    private static string Padded(Ipv4Address address, int length)
    {
        string line = $"PRIVMSG bob :\u0001DCC SEND * {address.Value} 5000 12345\u0001\r\n";
        return line.Replace("*", new string('x', length - line.Length + 1), StringComparison.Ordinal);
    }
}
