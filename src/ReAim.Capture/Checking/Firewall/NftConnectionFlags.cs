using System.Text.Json;
using static ReAim.Capture.Checking.Firewall.NftExpressions;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>Matches of a connection's state and status in nft's JSON: both are sets of bits.</summary>
internal static class NftConnectionFlags
{
    /// <summary>True if a match looks at them, all or some.</summary>
    /// <param name="left">Its left side.</param>
    public static bool AreIn(JsonElement left) => Fields(Masked(left)?.Field ?? left) is [PacketField.ConnectionState or PacketField.ConnectionStatus];

    /// <summary>What a match of them means; all of it must hold.</summary>
    /// <param name="left">Its left side.</param>
    /// <param name="op">How both are compared.</param>
    /// <param name="right">Its right side.</param>
    public static IReadOnlyList<Condition> Conditions(JsonElement left, string op, JsonElement right)
    {
        PacketField field = Fields(Masked(left)?.Field ?? left)[0];
        if (Names(right) is not { } values)
        {
            return [Condition.Unknown];
        }

        if (Masked(left) is { } masked)
        {
            return Names(masked.Mask) is { } mask ? Compared(field, mask, op, values) : [Condition.Unknown];
        }

        bool isOneOfSeveral = Member(right, "set") is not null || values.Length == 1;
        return (op, field) switch
        {
            ("in", _) => [new Condition(field, values)],
            ("!", _) => [new Condition(field, values, IsNegated: true)],

            // A connection has one state; its status has bits besides, of which some have no name in nft.
            ("==", PacketField.ConnectionState) when isOneOfSeveral => [new Condition(field, values)],
            ("!=", PacketField.ConnectionState) when isOneOfSeveral => [new Condition(field, values, IsNegated: true)],
            ("==", _) => [Condition.Never],
            ("!=", _) => [],
            _ => [Condition.Unknown],
        };
    }

    /// <summary>Of some bits, just these are set, or are not.</summary>
    private static IReadOnlyList<Condition> Compared(PacketField field, string[] mask, string op, string[] values) => op switch
    {
        "==" when values.Except(mask).Any() => [Condition.Never],
        "==" => [.. mask.Select(bit => new Condition(field, [bit], IsNegated: !values.Contains(bit)))],
        "!=" when values.Length == 0 => [new Condition(field, mask)],
        "!=" when mask.Length == 1 && values.SequenceEqual(mask) => [new Condition(field, mask, IsNegated: true)],
        _ => [Condition.Unknown],
    };

    /// <summary>The names of bits, none for zero; null if they have no names.</summary>
    private static string[]? Names(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
        {
            return value.ValueKind == JsonValueKind.String ? [value.GetString()!] : value.TryGetUInt32(out uint number) && number == 0 ? [] : null;
        }

        JsonElement? several = value.ValueKind == JsonValueKind.Array ? value : Member(value, "set") ?? Member(value, "|");
        if (several is not { ValueKind: JsonValueKind.Array } all)
        {
            return null;
        }

        string[]?[] names = [.. all.EnumerateArray().Select(Names)];
        return names.Contains(null) ? null : [.. names.SelectMany(name => name!)];
    }
}
