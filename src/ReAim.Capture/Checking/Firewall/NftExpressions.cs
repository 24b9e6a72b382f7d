using System.Globalization;
using System.Text.Json;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>Expressions of nft's JSON: what is looked at, and values.</summary>
/// <param name="elements">The elements of a named set or map of the same table; null if it has none.</param>
internal sealed class NftExpressions(Func<string, JsonElement?> elements)
{
    private const string Anything = "*";

    /// <summary>What an expression looks at; with a concatenation, each of its parts.</summary>
    public static IReadOnlyList<PacketField> Fields(JsonElement left) =>
        Member(left, "concat") is { } parts ? [.. parts.EnumerateArray().Select(Field)] : [Field(left)];

    /// <summary>The conditions that looking at a field takes for granted: a port of UDP is that of a packet of UDP.</summary>
    public static IReadOnlyList<Condition> Implied(JsonElement left)
    {
        if (Masked(left) is { } masked)
        {
            return Implied(masked.Field);
        }

        if (Member(left, "concat") is { ValueKind: JsonValueKind.Array } parts)
        {
            return [.. parts.EnumerateArray().SelectMany(Implied)];
        }

        return Member(left, "payload") is not { } payload ? [] : Text(payload, "protocol") switch
        {
            "ip" or "th" or "ether" or "" => [],
            "ip6" => [new Condition(PacketField.Family, ["ipv6"])],
            string protocol => [new Condition(PacketField.Protocol, [protocol])],
        };
    }

    /// <summary>What is looked at, and its bits that count; null if all count.</summary>
    public static (JsonElement Field, JsonElement Mask)? Masked(JsonElement left) =>
        Member(left, "&") is { ValueKind: JsonValueKind.Array } both && both.GetArrayLength() == 2 ? (both[0], both[1]) : null;

    /// <summary>
    /// What is on the right of a match: for each element a value of each field, together; null if they are not known.
    /// </summary>
    public IReadOnlyList<string[]>? Values(JsonElement right, int fields)
    {
        var values = new List<string[]>();
        return Collect(right, fields, values) ? values : null;
    }

    /// <summary>The pairs of a verdict map or of a map of addresses; null if they are not known.</summary>
    public IReadOnlyList<(JsonElement Key, JsonElement Value)>? Pairs(JsonElement data)
    {
        JsonElement? set = data.ValueKind == JsonValueKind.String
            ? elements(data.GetString()!.TrimStart('@'))
            : Member(data, "set");
        return set is { ValueKind: JsonValueKind.Array } all
            && all.EnumerateArray().All(pair => pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2)
            ? [.. all.EnumerateArray().Select(pair => (pair[0], pair[1])).OrderBy(pair => IsAnything(pair.Item1))]
            : null;
    }

    /// <summary>True for the element that holds for all that no other element holds for.</summary>
    public static bool IsAnything(IReadOnlyList<string> row) => row is [Anything];

    private static bool IsAnything(JsonElement element) =>
        (element.ValueKind == JsonValueKind.String && element.GetString() == Anything)
        || (Member(element, "elem") is { } inner && Member(inner, "val") is { } value && IsAnything(value));

    /// <summary>A member of an object; null if it has none of that name, or is no object.</summary>
    public static JsonElement? Member(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out JsonElement member) ? member : null;

    /// <summary>A member's text; empty if it has none.</summary>
    public static string Text(JsonElement value, string name) =>
        Member(value, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private static PacketField Field(JsonElement left)
    {
        if (Member(left, "meta") is { } meta)
        {
            return Text(meta, "key") switch
            {
                "iifname" or "iif" => PacketField.InInterface,
                "oifname" or "oif" => PacketField.OutInterface,
                "nfproto" or "protocol" => PacketField.Family,
                "l4proto" => PacketField.Protocol,
                "pkttype" => PacketField.FrameType,
                _ => PacketField.Other,
            };
        }

        if (Member(left, "ct") is { } connection)
        {
            return (Text(connection, "key"), Text(connection, "dir")) switch
            {
                ("direction", _) => PacketField.ConnectionDirection,
                ("ip daddr" or "daddr", "original") => PacketField.OriginalDestination,
                ("state", _) => PacketField.ConnectionState,
                ("status", _) => PacketField.ConnectionStatus,
                _ => PacketField.Other,
            };
        }

        if (Member(left, "fib") is { } route)
        {
            return Text(route, "result") == "type" && Member(route, "flags") is { ValueKind: JsonValueKind.Array } flags
                ? Looked(flags)
                : PacketField.Other;
        }

        if (Member(left, "payload") is not { } payload)
        {
            return PacketField.Other;
        }

        return (Text(payload, "protocol"), Text(payload, "field")) switch
        {
            ("ip", "saddr") => PacketField.SourceAddress,
            ("ip", "daddr") => PacketField.DestinationAddress,
            ("ip", "protocol") => PacketField.Protocol,
            ("ip6", _) => PacketField.Family,
            ("tcp" or "th" or "udp", "sport") => PacketField.SourcePort,
            ("tcp" or "th" or "udp", "dport") => PacketField.DestinationPort,
            _ => PacketField.Other,
        };
    }

    private static PacketField Looked(JsonElement flags)
    {
        string[] names = [.. flags.EnumerateArray().Select(flag => flag.ValueKind == JsonValueKind.String ? flag.GetString()! : "")];
        return names.Except(["saddr", "daddr", "iif"]).Any() ? PacketField.Other
            : names.Contains("daddr") ? PacketField.DestinationType
            : PacketField.SourceType;
    }

    private bool Collect(JsonElement right, int fields, List<string[]> values)
    {
        if (right.ValueKind == JsonValueKind.Array)
        {
            return right.EnumerateArray().All(item => Collect(item, fields, values));
        }

        if (right.ValueKind == JsonValueKind.String && right.GetString()!.StartsWith('@'))
        {
            // An empty set has no elements at all: nothing is in it now, but something may come.
            return elements(right.GetString()![1..]) is { } found && Collect(found, fields, values);
        }

        if (Member(right, "set") is { } set)
        {
            return Collect(set, fields, values);
        }

        if (Member(right, "elem") is { } element)
        {
            return Member(element, "val") is { } inner && Collect(inner, fields, values);
        }

        if (IsAnything(right))
        {
            values.Add([Anything]);
            return true;
        }

        JsonElement[] parts = Member(right, "concat") is { } concat ? [.. concat.EnumerateArray()] : [right];
        string?[] row = [.. parts.Select(Value)];
        if (parts.Length != fields || row.Contains(null))
        {
            return false;
        }

        values.Add(row!);
        return true;
    }

    /// <summary>A value as text, ranges with a dash; null if it is none.</summary>
    public static string? Value(JsonElement value)
    {
        if (Member(value, "range") is { ValueKind: JsonValueKind.Array } range && range.GetArrayLength() == 2)
        {
            return $"{Value(range[0])}-{Value(range[1])}";
        }

        if (Member(value, "prefix") is { } prefix && Member(prefix, "len") is { } length)
        {
            return $"{Text(prefix, "addr")}/{length.GetInt32().ToString(CultureInfo.InvariantCulture)}";
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
    }
}
