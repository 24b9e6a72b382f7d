using System.Runtime.InteropServices;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>
/// Something of which there is only so much, and of which one host gets a part at most, so that it takes nothing from the others.
/// </summary>
/// <param name="ofOne">What one host may have.</param>
/// <param name="ofAll">What all together may have.</param>
internal sealed class HostShares(long ofOne, long ofAll)
{
    private readonly Dictionary<Ipv4Address, long> _taken = [];

    /// <summary>What all have together.</summary>
    public long Total { get; private set; }

    /// <summary>True if a host may have so much more.</summary>
    public bool HasRoom(Ipv4Address host, long amount) =>
        Total + amount <= ofAll && (_taken.TryGetValue(host, out long taken) ? taken : 0) + amount <= ofOne;

    /// <summary>Gives a host so much more, which there is.</summary>
    public void Take(Ipv4Address host, long amount)
    {
        Total += amount;
        CollectionsMarshal.GetValueRefOrAddDefault(_taken, host, out _) += amount;
    }

    /// <summary>Takes back what a host was given.</summary>
    public void Return(Ipv4Address host, long amount)
    {
        Total -= amount;
        ref long taken = ref CollectionsMarshal.GetValueRefOrNullRef(_taken, host);
        taken -= amount;
        if (taken == 0)
        {
            _taken.Remove(host);
        }
    }
}
