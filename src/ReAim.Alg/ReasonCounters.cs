namespace ReAim.Alg;

/// <summary>How often each reason fell.</summary>
public sealed class ReasonCounters
{
    private readonly long[] _counts = new long[ReasonNames.Count];

    /// <summary>How often a reason fell.</summary>
    /// <param name="reason">The reason.</param>
    public long this[Reason reason] => _counts[(int)reason];

    /// <summary>Counts one.</summary>
    /// <param name="reason">The reason.</param>
    public void Count(Reason reason) => _counts[(int)reason]++;

    /// <summary>The reasons that fell at least once, in the order of the enum.</summary>
    public IEnumerable<KeyValuePair<Reason, long>> NonZero()
    {
        for (int i = 1; i < _counts.Length; i++)
        {
            if (_counts[i] != 0)
            {
                yield return new((Reason)i, _counts[i]);
            }
        }
    }
}
