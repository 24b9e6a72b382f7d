using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using ReAim.Alg;
using ReAim.Alg.Wire;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Reports;

/// <summary>An inspection for programs: one object. Times are ISO 8601 in UTC, cookies sixteen hex digits.</summary>
internal static class LadderJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Create(Harmless()) };

    /// <summary>Writes the report.</summary>
    public static void Write(InspectionReport report, TextWriter output)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("input", report.Input);
            json.WriteNumber("packets", report.Packets);
            json.WriteString("start", report.Packets == 0 ? null : MappingRow.Text(report.Start));
            json.WriteString("end", report.Packets == 0 ? null : MappingRow.Text(report.End));
            json.WriteBoolean("truncated", report.IsTruncated);
            json.WriteNumber("cut", report.CutPackets);
            json.WriteNumber("departures", report.Departures);
            json.WriteStartArray("connections");
            foreach (Conversation conversation in report.Conversations)
            {
                WriteConversation(conversation, json);
                Pass(json, buffer, output);
            }

            json.WriteEndArray();
            json.WriteStartArray("rendezvous");
            foreach (RendezvousStory story in report.Rendezvous)
            {
                WriteStory(story, json);
            }

            json.WriteEndArray();
            json.WriteStartObject("skipped");
            foreach ((Reason reason, long count) in report.Skipped)
            {
                json.WriteNumber(reason.Name(), count);
            }

            json.WriteEndObject();
            json.WriteStartArray("limits");
            foreach (string limit in report.Limits)
            {
                json.WriteStringValue(limit);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        JsonText.WriteLine(buffer.WrittenSpan, output);
    }

    /// <summary>A long report is not held in memory once more.</summary>
    private static void Pass(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer, TextWriter output)
    {
        json.Flush();
        JsonText.Write(buffer.WrittenSpan, output);
        buffer.ResetWrittenCount();
    }

    /// <summary>What need not be escaped even on a terminal: nothing that moves a cursor, turns the writing direction or cannot be seen.</summary>
    private static TextEncoderSettings Harmless()
    {
        var settings = new TextEncoderSettings(UnicodeRanges.All);
        settings.ForbidCharacters([.. Enumerable.Range(0, char.MaxValue).Select(code => (char)code).Where(letter => char.GetUnicodeCategory(letter) == UnicodeCategory.Format)]);
        return settings;
    }

    private static void WriteConversation(Conversation conversation, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("number", conversation.Number);
        json.WriteString("kind", Word(conversation.Kind.ToString()));
        json.WriteString("client", conversation.Client.ToString());
        json.WriteString("server", conversation.Server.ToString());
        json.WriteString("name", conversation.Owner);
        json.WriteString("service", conversation.Service);
        json.WriteString("start", MappingRow.Text(conversation.FirstTime));
        json.WriteString("end", MappingRow.Text(conversation.LastTime));
        json.WriteBoolean("midStream", conversation.MetInMidStream);
        json.WriteBoolean("reached", conversation.IsReached);
        json.WriteNumber("syns", conversation.Syns);
        json.WriteString("unreachable", conversation.Unreachable);
        json.WriteString("ending", Word(conversation.Ending.ToString()));
        WriteStream(json, "fromClient", conversation.FromClient.Stream);
        WriteStream(json, "fromServer", conversation.FromServer.Stream);
        json.WriteNumber("wrongChecksums", conversation.WrongChecksums);
        json.WriteStartArray("steps");
        foreach (Step step in conversation.Steps)
        {
            WriteStep(step, json);
        }

        json.WriteEndArray();
        json.WriteNumber("stepsLeftOut", conversation.StepsLeftOut);
        json.WriteEndObject();
    }

    private static void WriteStream(Utf8JsonWriter json, string name, TcpStream stream)
    {
        json.WriteStartObject(name);
        json.WriteNumber("bytes", stream.Bytes);
        json.WriteNumber("missing", stream.Missing);
        json.WriteNumber("repeated", stream.Repeated);
        json.WriteEndObject();
    }

    private static void WriteStep(Step step, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("time", MappingRow.Text(step.Time));
        json.WriteString("from", step.FromClient ? "client" : "server");
        json.WriteString("kind", Word(step.Kind.ToString()));
        json.WriteString("code", StepText.Code(step));
        json.WriteString("name", StepText.Name(step));
        json.WriteString("detail", step.Detail);
        json.WriteString("reason", step.Reason == Reason.None ? null : step.Reason.Name());
        if (step.Text is { } text)
        {
            json.WriteNumber("characters", text.Length);
            json.WriteString("text", text.Text);
        }

        if (step.Rendezvous is { } message)
        {
            json.WritePropertyName("rendezvous");
            WriteMessage(message, json);
        }

        json.WriteEndObject();
    }

    private static void WriteMessage(RendezvousMessage message, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kind", Word(message.Kind.ToString()));
        json.WriteNumber("type", message.Type);
        json.WriteString("cookie", Cookie(message.Cookie));
        json.WriteString("peer", message.Peer);
        json.WriteString("capability", message.Kind == RendezvousKind.Decline ? null : message.CapabilityId.ToString("D", CultureInfo.InvariantCulture));
        WriteNumber(json, "request", message.RequestNumber);
        WriteAddress(json, "rendezvousAddress", message.RendezvousAddress);
        WriteAddress(json, "proposerAddress", message.ProposerAddress);
        WriteAddress(json, "verifiedAddress", message.VerifiedAddress);
        WriteNumber(json, "port", message.Port);
        json.WriteBoolean("proxy", message.UsesProxy);
        WriteAddress(json, "addressCheck", message.AddressCheck);
        WriteNumber(json, "portCheck", message.PortCheck);
        WriteNumber(json, "mimeTypeOrPortCheck", message.MimeTypeOrPortCheck);
        WriteNumber(json, "endReason", message.EndReason);
        json.WriteString("file", message.FileName);
        WriteNumber(json, "fileSize", message.FileSize);
        WriteNumber(json, "files", message.FileCount);
        WriteNumber(json, "invitationCharacters", message.Invitation?.Length);
        json.WriteString("invitation", message.Invitation?.Text);
        json.WriteString("reason", message.Reason == Reason.None ? null : message.Reason.Name());
        if (message.LeftAs is { } left)
        {
            json.WritePropertyName("leftAs");
            WriteMessage(left, json);
        }

        json.WriteEndObject();
    }

    private static void WriteStory(RendezvousStory story, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("number", story.Number);
        json.WriteString("cookie", Cookie(story.Cookie));
        json.WriteString("capability", Words.OfCapability(story.Subject.Capability, story.Subject.CapabilityId));
        json.WriteString("offerer", story.Offerer);
        json.WriteString("asked", story.Asked);
        json.WriteString("outcome", Word(story.Outcome.ToString()));
        json.WriteString("serverError", story.ServerError);
        json.WriteStartArray("messages");
        foreach (RendezvousMessage message in story.Messages)
        {
            json.WriteStartObject();
            json.WriteString("time", MappingRow.Text(message.Time));
            json.WriteNumber("connection", message.Conversation.Number);
            json.WriteString("sender", RendezvousStory.Sender(message));
            json.WriteString("kind", Word(message.Kind.ToString()));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("connects");
        PeerConnection? session = story.Session;
        foreach (PeerConnection peer in story.Connections)
        {
            json.WriteStartObject();
            json.WriteNumber("connection", peer.Conversation.Number);
            json.WriteString("connector", peer.Connector);
            json.WriteString("listener", peer.Listener);
            json.WriteString("offer", Word(peer.Offer.Kind.ToString()));
            json.WriteString("foundBy", Word(peer.Match.ToString()));
            json.WriteBoolean("reached", peer.IsReached);
            json.WriteBoolean("session", ReferenceEquals(peer, session));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteAddress(Utf8JsonWriter json, string name, Ipv4Address? address) => json.WriteString(name, address?.ToString());

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Cookie(ulong cookie) => cookie.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The words of the object are written like its names: counterOffer.</summary>
    private static string Word(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
