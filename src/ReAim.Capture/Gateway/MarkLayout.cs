using System.Globalization;
using System.Numerics;
using ReAim.Alg;

namespace ReAim.Capture.Gateway;

/// <summary>
/// The four neighbouring bits of packet and connection marks that are ours. All others belong to the administrator: every
/// rule and every verdict leaves them as they are.
/// </summary>
/// <remarks>
/// <code>
///  8        4        2   1
///  +--------+--------+-------+
///  | passed | divert | which |   connection marks never have "passed"
///  +--------+--------+-------+
///                      0 4 watched   1 5 verified   2 6 peer   3 7 translated   with "divert"
///                      1 1 done      2 2 lost                                   without
/// </code>
/// </remarks>
internal readonly record struct MarkLayout
{
    /// <summary>The mask that is used if no other is given.</summary>
    public const uint DefaultMask = 0x0F00_0000;

    private readonly int _shift;

    private MarkLayout(uint mask)
    {
        Mask = mask;
        _shift = BitOperations.TrailingZeroCount(mask);
    }

    /// <summary>The bits that <c>--mark-mask</c> names by default.</summary>
    public static MarkLayout Default => new(DefaultMask);

    /// <summary>All four bits.</summary>
    public uint Mask { get; }

    /// <summary>The three bits that a connection keeps: <see cref="FlowStanding"/>.</summary>
    public uint StandingMask => 7u << _shift;

    /// <summary>Set on a connection whose packets are diverted.</summary>
    public uint Divert => 4u << _shift;

    /// <summary>Set on a packet, never on a connection: it has had its verdict.</summary>
    public uint Passed => 8u << _shift;

    /// <summary>The bits of a standing.</summary>
    public uint Of(FlowStanding standing) => standing switch
    {
        FlowStanding.Done => 1u << _shift,
        FlowStanding.Lost => 2u << _shift,
        FlowStanding.Watched => 4u << _shift,
        FlowStanding.Verified => 5u << _shift,
        FlowStanding.Peer => 6u << _shift,
        FlowStanding.Translated => 7u << _shift,
        _ => 0,
    };

    /// <summary>The standing that a mark's bits say; bits that we never write count as none.</summary>
    public FlowStanding StandingOf(uint mark) => ((mark & StandingMask) >> _shift) switch
    {
        1 => FlowStanding.Done,
        4 => FlowStanding.Watched,
        5 => FlowStanding.Verified,
        6 => FlowStanding.Peer,
        7 => FlowStanding.Translated,
        _ => FlowStanding.None,
    };

    /// <summary>The mark a packet gets with its verdict: the foreign bits as they came, ours new.</summary>
    public uint Verdict(uint mark, FlowStanding standing) => (mark & ~Mask) | Passed | Of(standing);

    /// <summary>Reads a mask such as 0x0F000000.</summary>
    /// <exception cref="BadInputException">It is not four neighbouring bits.</exception>
    public static MarkLayout Parse(string text)
    {
        ReadOnlySpan<char> digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : default;
        if (digits.IsEmpty
            || !uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint mask)
            || mask == 0
            || mask >> BitOperations.TrailingZeroCount(mask) != 0xF)
        {
            throw new BadInputException($"--mark-mask {text} is not four neighbouring bits: write it like 0x{DefaultMask:X8}.");
        }

        return new MarkLayout(mask);
    }
}
