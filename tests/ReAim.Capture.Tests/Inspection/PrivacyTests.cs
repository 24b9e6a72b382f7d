using System.Text;
using ReAim.Alg.Tests.World;
using ReAim.Capture.Inspection;
using ReAim.Capture.Reports;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Inspection;

/// <summary>Texts of messages stay private unless asked for, and nothing from the network reaches the terminal as a command.</summary>
[TestFixture]
internal sealed class PrivacyTests
{
    [Test]
    public void Without_show_text_only_the_length_of_a_message_is_shown()
    {
        CommandRun hidden = CommandRun.Of("inspect", Recordings.PathOf("a_im-sub.lan.pcap"));
        CommandRun shown = CommandRun.Of("inspect", Recordings.PathOf("a_im-sub.lan.pcap"), "--show-text");
        string[] texts = [.. shown.Output.Split('\n').Where(line => line.Contains('“', StringComparison.Ordinal)).Select(line => line.Split('“', '”')[1])];
        Assert.That(texts, Has.Length.EqualTo(2));
        foreach (string text in texts)
        {
            byte[] recording = File.ReadAllBytes(Recordings.PathOf("a_im-sub.lan.pcap"));
            Assert.That(recording.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)), Is.GreaterThan(0), "it is what the packets say");
            Assert.That(hidden.Output, Does.Not.Contain(text).And.Contains($"({text.Length} characters)"));
            Assert.That(CommandRun.Of("inspect", Recordings.PathOf("a_im-sub.lan.pcap"), "--json").Output, Does.Not.Contain(text));
        }

        Assert.That(CommandRun.Of("inspect", Recordings.PathOf("a_im-sub.lan.pcap"), "--json", "--show-text").Output, Does.Contain("\"text\""));
    }

    [Test]
    public void No_text_of_any_recording_is_in_its_ladder()
    {
        foreach (string recording in Recordings.All)
        {
            InspectionReport report = Inspecting.Frames(SampleFlow.Read(recording), showsText: true);
            string hidden = CommandRun.Of("inspect", Recordings.PathOf(recording)).Output;
            foreach (Step step in report.Conversations.SelectMany(conversation => conversation.Steps))
            {
                Assert.That(step.Text?.Text is { Length: > 3 } text && hidden.Contains(text, StringComparison.Ordinal), Is.False, recording);
            }

            bool kept = Inspecting.Frames(SampleFlow.Read(recording)).Conversations.SelectMany(conversation => conversation.Steps).Any(step => step.Text is { Text: not null });
            Assert.That(kept, Is.False, recording);
        }
    }

    [Test]
    public void An_invitation_is_a_text_too()
    {
        byte[] offer = Messages.Rendezvous(0, Messages.SendFile, 1, "bob", [Messages.Address(3, Addresses.Alice), Messages.Port(5190), Messages.Tlv(0x000C, "come and see"u8.ToArray())]);
        Assert.That(SignedOn(offer), Does.Contain("invitation (12 characters)").And.Not.Contains("come and see"));
    }

    [Test]
    public void Names_from_the_network_cannot_command_the_terminal()
    {
        const string Evil = "bob\u001b[2J\u0007\u009b31m\u202e\u200b\nx";
        string evil = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(Evil));
        byte[] offer = Messages.Snac(4, 6, 7, Head(evil), Messages.Tlv(5, Messages.U16(0), Messages.U64(1), Messages.Uuid(Messages.SendFile), Messages.Tlv(0x2711, Messages.U16(1), Messages.U16(1), Messages.U32(5), Encoding.UTF8.GetBytes(Evil))));
        string text = SignedOn(offer, Messages.Snac(4, 6, 7, Head(evil)[..^1]));
        Assert.That(text.Where(letter => letter != '\n' && char.IsControl(letter)), Is.Empty);
        using var json = new StringWriter();
        LadderJson.Write(SignedOnTo(offer), json);
        Assert.That(json.ToString().Where(letter => (letter is not ('\n' or '\r') && char.IsControl(letter)) || char.GetUnicodeCategory(letter) == System.Globalization.UnicodeCategory.Format), Is.Empty);
        Assert.That(text, Does.Contain("bob?[2J??31m???x").And.Not.Contains('\u202e').And.Not.Contains('\u200b'));

        static byte[] Head(string name) => Messages.Join(Messages.U64(1), Messages.U16(2), [(byte)name.Length], Encoding.Latin1.GetBytes(name));
    }

    [Test]
    public void Colours_are_for_terminals_only()
    {
        InspectionReport report = Inspecting.Frames(SampleFlow.Read("k_file_rev_bobfw_portfwd-aol.lan.pcap"));
        using var coloured = new StringWriter();
        LadderText.Write(report, coloured, new Ansi(isOn: true));
        Assert.That(coloured.ToString(), Does.Contain("\u001b[36m").And.Contain("\u001b[32m").And.Contain("\u001b[31m"));
        string plain = System.Text.RegularExpressions.Regex.Replace(coloured.ToString(), "\u001b\\[[0-9;]*m", "");
        Assert.That(Inspecting.Text(report), Is.EqualTo(plain).And.Not.Contains('\u001b'));
    }

    private static string SignedOn(params byte[][] messages) => Inspecting.Text(SignedOnTo(messages));

    private static InspectionReport SignedOnTo(params byte[][] messages)
    {
        var talk = new TcpTalk("192.168.7.10:40000", "198.51.100.5:5190");
        return Inspecting.Datagrams([.. talk.Handshake(), talk.Send(true, Messages.Flap(1, Messages.U32(1))), .. messages.Select(message => talk.Send(true, message))]);
    }
}
