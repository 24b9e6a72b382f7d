using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>
/// Chooses initial sequence numbers: by chance, often just before they wrap, and for a pair of endpoints that was used before
/// above the last ones, so that an old connection's TIME-WAIT lets the new one in (RFC 6528 3).
/// </summary>
internal sealed class InitialSequenceNumbers(Dice dice)
{
    private const double ShareNearTheWrap = 0.25;

    private readonly Dictionary<ulong, uint> _last = [];

    public uint Choose(ulong pair)
    {
        if (_last.TryGetValue(pair, out uint last))
        {
            return last + (uint)dice.Between(0x1_0000, 0x10_0000);
        }

        return dice.Chance(ShareNearTheWrap) ? uint.MaxValue - (uint)dice.Below(100_000) : (uint)dice.Next();
    }

    /// <summary>A connection of that pair ended with a number.</summary>
    public void Remember(ulong pair, uint last) => _last[pair] = last;
}
