using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReAim.Alg;

namespace ReAim.Capture.Reports;

/// <summary>A replay's report for programs: one object.</summary>
internal static class ReplayReportJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the report.</summary>
    public static void Write(ReplayReport report, TextWriter output)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("input", report.Input);
            json.WriteString("output", report.Output);
            json.WriteNumber("packets", report.PacketsIn);
            json.WriteNumber("rewritten", report.Rewritten);
            json.WriteNumber("translated", report.Translated);
            json.WriteNumber("held", report.Held);
            json.WriteNumber("dropped", report.PacketsIn - report.PacketsOut);
            json.WriteBoolean("truncated", report.IsTruncated);
            json.WriteNumber("cut", report.Cut.Packets);
            WriteMappings(report, json);
            WriteServers(report, json);
            json.WriteStartObject("reasons");
            foreach ((Reason reason, long count) in report.Reasons.NonZero())
            {
                json.WriteNumber(reason.Name(), count);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        JsonText.WriteLine(buffer.WrittenSpan, output);
    }

    private static void WriteMappings(ReplayReport report, Utf8JsonWriter json)
    {
        json.WriteStartArray("mappings");
        foreach (MappingRow row in report.Mappings)
        {
            json.WriteStartObject();
            json.WriteString("public", row.Mapping.Public.ToString());
            json.WriteString("lan", row.Mapping.Lan.ToString());
            json.WriteString("capability", row.Capability);
            json.WriteString("cookie", row.Cookie.ToString("x16", CultureInfo.InvariantCulture));
            json.WriteString("peer", row.Peer);
            json.WriteString("opened", MappingRow.Text(row.Opened));
            json.WriteString("closed", row.Closed is { } closed ? MappingRow.Text(closed) : null);
            json.WriteString("reason", row.Reason.Name());
            json.WriteString("connectedFrom", row.ConnectedFrom.IsZero ? null : row.ConnectedFrom.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteServers(ReplayReport report, Utf8JsonWriter json)
    {
        json.WriteStartArray("servers");
        foreach (ExpectedServer server in report.Servers)
        {
            json.WriteStartObject();
            json.WriteString("lan", server.LanHost.ToString());
            json.WriteString("host", server.Host);
            json.WriteNumber("port", server.Port);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
