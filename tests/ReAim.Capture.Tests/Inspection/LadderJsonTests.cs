using System.Text.Json;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Inspection;

/// <summary>The report for programs: its names stay.</summary>
[TestFixture]
internal sealed class LadderJsonTests
{
    private static readonly JsonElement Report = CommandRun.Of("inspect", Recordings.PathOf("h_file_2nat_ars-aol.lan.pcap"), "--json").Json;

    [Test]
    public void A_report_has_these_members()
    {
        Assert.That(Names(Report), Is.EqualTo("input packets start end truncated cut departures connections rendezvous skipped limits"));
        JsonElement connection = Report.GetProperty("connections")[1];
        Assert.That(Names(connection), Is.EqualTo("number kind client server name service start end midStream reached syns unreachable ending fromClient fromServer wrongChecksums steps stepsLeftOut"));
        Assert.That(Names(connection.GetProperty("fromClient")), Is.EqualTo("bytes missing repeated"));
        Assert.That(Names(connection.GetProperty("steps")[0]), Is.EqualTo("time from kind code name detail reason"));
        JsonElement story = Report.GetProperty("rendezvous")[0];
        Assert.That(Names(story), Is.EqualTo("number cookie capability offerer asked outcome serverError messages connects"));
        Assert.That(Names(story.GetProperty("messages")[0]), Is.EqualTo("time connection sender kind"));
        Assert.That(Names(story.GetProperty("connects")[0]), Is.EqualTo("connection connector listener offer foundBy reached session"));
    }

    [Test]
    public void An_offer_has_all_its_values()
    {
        JsonElement offer = Report.GetProperty("connections")[1].GetProperty("steps").EnumerateArray()
            .Where(step => step.TryGetProperty("rendezvous", out _))
            .Select(step => step.GetProperty("rendezvous"))
            .Single(message => message.GetProperty("kind").GetString() == "proxyOffer");
        Assert.That(JsonSerializer.Serialize(offer), Is.EqualTo(
            """{"kind":"proxyOffer","type":0,"cookie":"3137383531313500","peer":"carol","capability":"09461343-4c7f-11d1-8222-444553540000","request":3"""
            + ""","rendezvousAddress":"198.51.100.6","proposerAddress":"198.51.100.6","verifiedAddress":null,"port":29579,"proxy":true,"addressCheck":"57.204.155.249","portCheck":35956"""
            + ""","mimeTypeOrPortCheck":null,"endReason":null,"file":"300k.bin","fileSize":307200,"files":1,"invitationCharacters":null,"invitation":null,"reason":null}"""));
    }

    [Test]
    public void The_story_is_told_by_numbers_of_connections()
    {
        JsonElement story = Report.GetProperty("rendezvous")[0];
        Assert.That(((string[])["cookie", "capability", "offerer", "asked", "outcome"]).Select(name => story.GetProperty(name).GetString()), Is.EqualTo(new[] { "3137383531313500", "send file", "alice", "carol", "proxy" }));
        Assert.That(story.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("kind").GetString()), Is.EqualTo(new[] { "offer", "counterOffer", "proxyOffer", "accept" }));
        Assert.That(story.GetProperty("connects").EnumerateArray().Select(connect => (connect.GetProperty("connection").GetInt32(), connect.GetProperty("reached").GetBoolean(), connect.GetProperty("foundBy").GetString())), Is.EqualTo(new[] { (6, false, "endpoint"), (7, false, "endpoint"), (8, true, "cookie") }));
        JsonElement proxy = Report.GetProperty("connections")[7];
        Assert.That((proxy.GetProperty("kind").GetString(), proxy.GetProperty("fromClient").GetProperty("bytes").GetInt64()), Is.EqualTo(("proxy", 307_502)));
        Assert.That(Report.GetProperty("connections")[6].GetProperty("unreachable").GetString(), Is.EqualTo("network unreachable, says 203.0.113.1"));
    }

    [Test]
    public void Every_recording_makes_an_object()
    {
        foreach (string recording in Recordings.All)
        {
            Assert.That(CommandRun.Of("inspect", Recordings.PathOf(recording), "--json").Json.GetProperty("packets").GetInt64(), Is.EqualTo(SampleFlow.Read(recording).Count));
        }
    }

    private static string Names(JsonElement element) => string.Join(' ', element.EnumerateObject().Select(member => member.Name));
}
