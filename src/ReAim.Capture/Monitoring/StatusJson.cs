using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Monitoring;

/// <summary>A status as one JSON object; times are seconds.</summary>
internal static class StatusJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes it.</summary>
    public static void Write(StatusSnapshot status, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("version", status.Version);
        json.WriteNumber("process", status.Process);
        json.WriteNumber("uptime", Seconds(status.Uptime));
        json.WriteNumber("restarts", status.Restarts);
        json.WriteString("mode", status.Mode);
        json.WriteString("flavour", status.Flavour);
        json.WriteStartArray("public");
        foreach (Ipv4Address address in status.Public)
        {
            json.WriteStringValue(address.ToString());
        }

        json.WriteEndArray();
        json.WriteNumber("flows", status.Flows);
        json.WriteNumber("held", status.Held);
        json.WriteStartArray("mappings");
        foreach (StatusMapping mapping in status.Mappings)
        {
            json.WriteStartObject();
            json.WriteString("public", mapping.Mapping.Public.ToString());
            json.WriteString("lan", mapping.Mapping.Lan.ToString());
            json.WriteString("peer", mapping.Peer);
            json.WriteNumber("age", Seconds(mapping.Age));
            if (mapping.Expires is { } expires)
            {
                json.WriteNumber("expires", Seconds(expires));
            }
            else
            {
                json.WriteNull("expires");
            }

            json.WriteString("connected", mapping.Connected?.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteCounters(json, "reasons", status.Reasons);
        WriteCounters(json, "counters", status.Counters);
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <returns>False if it is anything else, or not whole.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out StatusSnapshot status)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            status = Read(document.RootElement);
            return true;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            status = null!;
            return false;
        }
    }

    private static StatusSnapshot Read(JsonElement json) => new()
    {
        Version = Text(json, "version"),
        Process = json.GetProperty("process").GetInt32(),
        Uptime = Time(json, "uptime"),
        Restarts = json.GetProperty("restarts").GetInt32(),
        Mode = Text(json, "mode"),
        Flavour = json.GetProperty("flavour").GetString(),
        Public = [.. json.GetProperty("public").EnumerateArray().Select(address => Address(address.GetString()))],
        Flows = json.GetProperty("flows").GetInt32(),
        Held = json.GetProperty("held").GetInt32(),
        Mappings = [.. json.GetProperty("mappings").EnumerateArray().Select(ReadMapping)],
        Reasons = ReadCounters(json, "reasons"),
        Counters = ReadCounters(json, "counters"),
    };

    private static StatusMapping ReadMapping(JsonElement json) => new(
        new Mapping(Endpoint(Text(json, "public")), Endpoint(Text(json, "lan"))), Text(json, "peer"), Time(json, "age"),
        json.GetProperty("expires").ValueKind == JsonValueKind.Null ? null : Time(json, "expires"),
        json.GetProperty("connected") is { ValueKind: JsonValueKind.String } connected ? Address(connected.GetString()) : null);

    private static List<KeyValuePair<string, long>> ReadCounters(JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateObject().Select(counter => KeyValuePair.Create(counter.Name, counter.Value.GetInt64()))];

    private static void WriteCounters(Utf8JsonWriter json, string name, IReadOnlyList<KeyValuePair<string, long>> counters)
    {
        json.WriteStartObject(name);
        foreach ((string word, long count) in counters)
        {
            json.WriteNumber(word, count);
        }

        json.WriteEndObject();
    }

    private static Ipv4Endpoint Endpoint(string text)
    {
        int colon = text.LastIndexOf(':');
        return new Ipv4Endpoint(Address(text[..Math.Max(colon, 0)]), ushort.Parse(text.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture));
    }

    private static Ipv4Address Address(string? text) =>
        Ipv4Address.TryParse(text ?? "", out Ipv4Address address) ? address : throw new FormatException();

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";

    private static TimeSpan Time(JsonElement json, string name) => TimeSpan.FromSeconds(json.GetProperty(name).GetInt64());

    private static long Seconds(TimeSpan time) => (long)time.TotalSeconds;
}
