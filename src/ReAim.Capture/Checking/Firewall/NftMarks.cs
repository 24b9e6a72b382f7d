using System.Text.Json;
using static ReAim.Capture.Checking.Firewall.NftExpressions;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>Marks in nft's JSON.</summary>
internal static class NftMarks
{
    private enum Source
    {
        Unknown,
        Constant,
        Packet,
        Connection,
    }

    /// <summary>Adds what a match looks at, if that is a mark.</summary>
    public static void AddMatch(JsonElement left, JsonElement right, List<MarkUse> uses)
    {
        Bits bits = Read(left);
        uint value = Numbers(right) ?? bits.And;
        if (bits.From == Source.Connection)
        {
            uses.Add(new MarkUse(MarkUseKind.CompareConnection, bits.And, value));
        }
        else if (bits.From == Source.Packet)
        {
            uses.Add(new MarkUse(MarkUseKind.ComparePacket, bits.And, value));
        }
    }

    /// <summary>All bits of a number, or of a set of numbers; null for what is none.</summary>
    private static uint? Numbers(JsonElement right)
    {
        if (right.ValueKind == JsonValueKind.Number)
        {
            return right.TryGetUInt32(out uint number) ? number : null;
        }

        JsonElement items = right.ValueKind == JsonValueKind.Object && right.TryGetProperty("set", out JsonElement set) ? set : right;
        if (items.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        uint all = 0;
        foreach (JsonElement item in items.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetUInt32(out uint one))
            {
                return null;
            }

            all |= one;
        }

        return all;
    }

    /// <summary>Adds what a statement such as <c>ct mark set …</c> writes, if that is a mark.</summary>
    public static void Add(JsonElement mangle, List<MarkUse> uses)
    {
        Source to = Read(mangle.GetProperty("key")).From;
        Bits from = Read(mangle.GetProperty("value"), to);
        if (to is not (Source.Packet or Source.Connection))
        {
            return;
        }

        // Of itself it keeps the bits that it does not clear or set.
        uint written = from.From == to ? ~from.And | from.Or : uint.MaxValue;
        bool isCopy = from.From != to && from.From is Source.Packet or Source.Connection;
        uses.Add(new MarkUse(to == Source.Connection ? MarkUseKind.SetConnection : MarkUseKind.SetPacket, written, from.Or));
        if (isCopy && to == Source.Packet && from.From == Source.Connection)
        {
            uses.Add(new MarkUse(MarkUseKind.Restore, from.And, 0));
        }
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="to">What it is written to: of two marks that are put together, that one keeps bits of its own.</param>
    private static Bits Read(JsonElement expression, Source to = Source.Unknown)
    {
        if (expression.ValueKind == JsonValueKind.Number && expression.TryGetUInt32(out uint constant))
        {
            return new Bits(Source.Constant, 0, constant);
        }

        if (Member(expression, "meta") is { } meta && Text(meta, "key") == "mark")
        {
            return new Bits(Source.Packet, uint.MaxValue, 0);
        }

        if (Member(expression, "ct") is { } connection && Text(connection, "key") == "mark")
        {
            return new Bits(Source.Connection, uint.MaxValue, 0);
        }

        foreach (string op in (ReadOnlySpan<string>)["&", "|", "^"])
        {
            // With more than two terms it is another mask of the same mark, or not understood.
            if (Member(expression, op) is { ValueKind: JsonValueKind.Array } terms && terms.GetArrayLength() == 2
                && terms[1].ValueKind == JsonValueKind.Number && terms[1].TryGetUInt32(out uint value))
            {
                Bits inner = Read(terms[0], to);
                return op == "&" ? new Bits(inner.From, inner.And & value, inner.Or & value) : inner with { Or = inner.Or | value };
            }
        }

        return Member(expression, "|") is { ValueKind: JsonValueKind.Array } both && both.GetArrayLength() == 2
            ? Together(Read(both[0], to), Read(both[1], to), to)
            : new Bits(Source.Unknown, uint.MaxValue, 0);
    }

    // Some bits of the one mark and some of the other.
    private static Bits Together(Bits one, Bits other, Source to)
    {
        (Bits kept, Bits added) = one.From == to ? (one, other) : (other, one);
        return kept.From == to && added.From is Source.Packet or Source.Connection
            ? kept with { Or = kept.Or | added.And | added.Or }
            : new Bits(Source.Unknown, uint.MaxValue, 0);
    }

    private readonly record struct Bits(Source From, uint And, uint Or);
}
