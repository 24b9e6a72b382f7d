using System.Globalization;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>
/// Which packets are diverted. It is made of comparisons, so that no text has to be trusted: the driver's compiler takes a port
/// of 70000 for another one without a word. As text it is what the driver reads.
/// </summary>
internal abstract class DivertFilter
{
    /// <summary>The driver's programs have 256 tests at most (windivert_shared.h, WINDIVERT_FILTER_MAXLEN); one is for IPv4.</summary>
    public const int MaxTests = 255;

    private static readonly string[] Names =
    [
        "inbound", "outbound", "loopback", "ifIdx", "ip.SrcAddr", "ip.DstAddr", "tcp.SrcPort", "tcp.DstPort", "tcp.Syn", "tcp.Ack", "tcp.Rst", "icmp.Type",
    ];

    /// <summary>How many tests the driver makes of it.</summary>
    public abstract int Tests { get; }

    /// <summary>True for a packet that it names.</summary>
    /// <param name="packet">An IPv4 datagram.</param>
    /// <param name="address">What the driver says of it.</param>
    public abstract bool Matches(ReadOnlySpan<byte> packet, in DivertAddress address);

    /// <summary>All of several filters; at least one.</summary>
    public static DivertFilter All(params IReadOnlyList<DivertFilter> parts) => Join(parts, isAll: true);

    /// <summary>Any of several filters; at least one.</summary>
    public static DivertFilter Any(params IReadOnlyList<DivertFilter> parts) => Join(parts, isAll: false);

    /// <summary>A field is something.</summary>
    /// <param name="field">The field.</param>
    /// <param name="value">What it is; it must be one that the field can have.</param>
    public static DivertFilter Is(DivertField field, uint value) => Between(field, value, value);

    /// <summary>A field is an address.</summary>
    public static DivertFilter Is(DivertField field, Ipv4Address address) => Between(field, address.Value, address.Value);

    /// <summary>A bit is set.</summary>
    public static DivertFilter Is(DivertField bit) => Between(bit, 1, 1);

    /// <summary>A bit is not set.</summary>
    public static DivertFilter IsNot(DivertField bit) => Between(bit, 0, 0);

    /// <summary>A field is within a range.</summary>
    /// <param name="field">The field.</param>
    /// <param name="first">The smallest value.</param>
    /// <param name="last">The largest value.</param>
    public static DivertFilter Between(DivertField field, uint first, uint last)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(last, Largest(field));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, last);
        return new Range(field, first, last);
    }

    /// <summary>A field is one of several values, of which neighbours are tested together.</summary>
    public static DivertFilter OneOf(DivertField field, IEnumerable<uint> values)
    {
        var ranges = new List<(uint First, uint Last)>();
        foreach (uint value in values.Distinct().Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last + 1 == value)
            {
                ranges[^1] = (ranges[^1].First, value);
            }
            else
            {
                ranges.Add((value, value));
            }
        }

        return Any([.. ranges.Select(range => Between(field, range.First, range.Last))]);
    }

    private static uint Largest(DivertField field) => field switch
    {
        DivertField.SourcePort or DivertField.DestinationPort => ushort.MaxValue,
        DivertField.SourceAddress or DivertField.DestinationAddress or DivertField.InterfaceIndex => uint.MaxValue,
        DivertField.IcmpType => byte.MaxValue,
        _ => 1,
    };

    private static DivertFilter Join(IReadOnlyList<DivertFilter> parts, bool isAll)
    {
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count);
        return parts.Count == 1 ? parts[0] : new Group(parts, isAll);
    }

    /// <summary>Comparisons of one field; a packet that lacks the field is not named.</summary>
    private sealed class Range(DivertField field, uint first, uint last) : DivertFilter
    {
        public override int Tests => first == last ? 1 : 2;

        public override bool Matches(ReadOnlySpan<byte> packet, in DivertAddress address) =>
            DivertFields.TryRead(field, packet, address, out uint value) && value >= first && value <= last;

        public override string ToString() => first == last
            ? $"{Names[(int)field]} == {Text(first)}"
            : $"{Names[(int)field]} >= {Text(first)} and {Names[(int)field]} <= {Text(last)}";

        private string Text(uint value) => field is DivertField.SourceAddress or DivertField.DestinationAddress
            ? new Ipv4Address(value).ToString()
            : value.ToString(CultureInfo.InvariantCulture);
    }

    private sealed class Group(IReadOnlyList<DivertFilter> parts, bool isAll) : DivertFilter
    {
        public override int Tests => parts.Sum(part => part.Tests);

        public override bool Matches(ReadOnlySpan<byte> packet, in DivertAddress address)
        {
            foreach (DivertFilter part in parts)
            {
                if (part.Matches(packet, address) != isAll)
                {
                    return !isAll;
                }
            }

            return isAll;
        }

        /// <summary>As few words as can be, for the compiler takes a thousand: "and" binds closer than "or".</summary>
        public override string ToString() =>
            string.Join(isAll ? " and " : " or ", parts.Select(part => isAll && part is Group { IsAll: false } ? $"({part})" : $"{part}"));

        private bool IsAll => isAll;
    }
}
