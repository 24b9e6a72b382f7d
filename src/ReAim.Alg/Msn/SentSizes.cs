namespace ReAim.Alg.Msn;

/// <summary>
/// The peer-to-peer messages whose size was changed: who gets them acknowledges the size they came with, and their sender expects
/// the one they left with (PROTOCOL-MSN 3).
/// </summary>
internal sealed class SentSizes
{
    /// <summary>Messages remembered at once; the oldest makes room.</summary>
    public const int Capacity = 16;

    private readonly Entry[] _entries = new Entry[Capacity];
    private int _next;

    /// <summary>How many have not been acknowledged.</summary>
    public int Count { get; private set; }

    /// <summary>A message's size was changed.</summary>
    public void Add(uint identifier, uint sent, uint received)
    {
        Count += _entries[_next].Sent == 0 ? 1 : 0;
        _entries[_next] = new Entry(identifier, sent, received);
        _next = (_next + 1) % Capacity;
    }

    /// <summary>Takes the size with which a message left, once it is acknowledged.</summary>
    /// <param name="identifier">The message's number.</param>
    /// <param name="received">The size it came with.</param>
    /// <param name="sent">The size it left with.</param>
    public bool TryTake(uint identifier, ulong received, out uint sent)
    {
        foreach (ref Entry entry in _entries.AsSpan())
        {
            if (entry.Identifier == identifier && entry.Received == received && entry.Sent != 0)
            {
                sent = entry.Sent;
                entry = default;
                Count--;
                return true;
            }
        }

        sent = 0;
        return false;
    }

    private readonly record struct Entry(uint Identifier, uint Sent, uint Received);
}
