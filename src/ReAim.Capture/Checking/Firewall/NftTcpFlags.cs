using System.Text.Json;
using static ReAim.Capture.Checking.Firewall.NftExpressions;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>Matches of the flags of TCP in nft's JSON.</summary>
internal static class NftTcpFlags
{
    private const uint Syn = 0x02, All = 0xFF;

    private static readonly string[] s_names = ["fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr"];

    /// <summary>True if a match looks at them, all or some.</summary>
    /// <param name="left">Its left side.</param>
    public static bool AreIn(JsonElement left) => Masked(left) is { } masked
        ? AreIn(masked.Field)
        : Member(left, "payload") is { } payload && Text(payload, "protocol") == "tcp" && Text(payload, "field") == "flags";

    /// <summary>What a match of them means for the segment that opens a connection.</summary>
    /// <param name="left">Its left side.</param>
    /// <param name="op">How both are compared.</param>
    /// <param name="right">Its right side.</param>
    public static Condition Condition(JsonElement left, string op, JsonElement right)
    {
        uint? mask = Masked(left) is { } masked ? Number(masked.Mask) : All;
        JsonElement[] values = Member(right, "set") is { ValueKind: JsonValueKind.Array } set ? [.. set.EnumerateArray()] : [right];
        uint?[] numbers = [.. values.Select(Number)];
        bool? isMet = mask is null || numbers.Contains(null) ? null : op switch
        {
            "==" => numbers.Contains(Syn & mask),
            "!=" => !numbers.Contains(Syn & mask),
            "in" => numbers.Any(number => (Syn & mask & number) != 0),
            "!" => numbers.All(number => (Syn & mask & number) == 0),
            _ => null,
        };
        return isMet is { } met ? new Condition(PacketField.TcpFlags, met ? ["syn"] : []) : Firewall.Condition.Unknown;
    }

    /// <summary>A flag's name, several, or a number; null if it is none of these.</summary>
    private static uint? Number(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.TryGetUInt32(out uint number) ? number : null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            int place = Array.IndexOf(s_names, value.GetString());
            return place < 0 ? null : 1u << place;
        }

        JsonElement? several = value.ValueKind == JsonValueKind.Array ? value : Member(value, "|");
        return several is { ValueKind: JsonValueKind.Array } all ? all.EnumerateArray().Select(Number).Aggregate((uint?)0, (sum, one) => sum | one) : null;
    }
}
