using System.Globalization;
using System.Text.RegularExpressions;
using ReAim.Capture.Inspection;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Inspection;

/// <summary>tshark decodes the same messages and counts the same bytes.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
internal sealed partial class TsharkAgreementTests
{
    /// <summary>One recording has partial checksums, which tshark takes for wrong.</summary>
    private const string NoChecksums = "tcp.check_checksum:FALSE";

    [TestCaseSource(typeof(Recordings), nameof(Recordings.All))]
    public void Tshark_finds_the_same_rendezvous_messages(string recording)
    {
        string[] expected = [.. Messages(Tshark.Run(Recordings.PathOf(recording), "-o", NoChecksums, "-Y", "aim_messaging.channelid == 2", "-T", "pdml")).Order(StringComparer.Ordinal)];
        InspectionReport report = Inspecting.Frames(SampleFlow.Read(recording));
        string[] found =
        [
            .. report.Rendezvous
                .SelectMany(story => story.Messages)
                .Where(message => message.Kind != RendezvousKind.Decline)
                .Select(message => string.Create(CultureInfo.InvariantCulture, $"{message.Type} {message.Cookie:x16} {message.CapabilityId:D}"))
                .Order(StringComparer.Ordinal),
        ];
        Assert.That(found, Is.EqualTo(expected));
    }

    [TestCaseSource(typeof(Recordings), nameof(Recordings.All))]
    public void Tshark_counts_the_same_bytes_in_each_direction_of_each_connection(string recording)
    {
        var highest = new Dictionary<string, long>();
        foreach (string line in Tshark.Run(Recordings.PathOf(recording), "-o", NoChecksums, "-Y", "tcp && !icmp", "-T", "fields", "-e", "ip.src", "-e", "tcp.srcport", "-e", "ip.dst", "-e", "tcp.dstport", "-e", "tcp.seq", "-e", "tcp.len"))
        {
            string[] fields = line.Split('\t');
            string direction = $"{fields[0]}:{fields[1]} > {fields[2]}:{fields[3]}";
            long length = Number(fields[5]);
            long end = length > 0 ? Number(fields[4]) + length - 1 : 0;
            highest[direction] = Math.Max(highest.GetValueOrDefault(direction), end);
        }

        var found = new Dictionary<string, long>();
        foreach (Conversation conversation in Inspecting.Frames(SampleFlow.Read(recording)).Conversations)
        {
            found[$"{conversation.Client} > {conversation.Server}"] = conversation.FromClient.Stream.Bytes;
            found[$"{conversation.Server} > {conversation.Client}"] = conversation.FromServer.Stream.Bytes;
            Assert.That(conversation.FromClient.Stream.Missing + conversation.FromServer.Stream.Missing, Is.Zero, conversation.Client.ToString());
        }

        Assert.That(found.Where(entry => entry.Value > 0).OrderBy(entry => entry.Key, StringComparer.Ordinal), Is.EqualTo(highest.Where(entry => entry.Value > 0).OrderBy(entry => entry.Key, StringComparer.Ordinal)));
    }

    /// <summary>The type stands first in a rendezvous block, then its cookie, then its capability.</summary>
    private static IEnumerable<string> Messages(string[] pdml)
    {
        string type = "";
        string cookie = "";
        foreach (Match field in pdml.SelectMany(line => Field().Matches(line)))
        {
            string show = field.Groups["show"].Value;
            switch (field.Groups["name"].Value)
            {
                case "aim_messaging.rendezvous.msg_type":
                    (type, cookie) = (Convert.ToInt32(show, 16).ToString(CultureInfo.InvariantCulture), "");
                    break;
                case "aim_messaging.icbmcookie":
                    cookie = show.Replace(":", "", StringComparison.Ordinal);
                    break;
                case "aim.nickinfo.caps" when type.Length > 0:
                    yield return $"{type} {cookie} {show}";
                    type = "";
                    break;
            }
        }
    }

    [GeneratedRegex("field name=\"(?<name>[^\"]+)\".* show=\"(?<show>[^\"]*)\"", RegexOptions.None, 1_000)]
    private static partial Regex Field();

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
