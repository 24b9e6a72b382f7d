namespace ReAim.Capture.Diverters.Listen;

/// <summary>
/// Copies of captured packets on their way from the capturing threads to the one that reads them. What finds no place is
/// lost and counted: nothing of the network waits for it.
/// </summary>
internal sealed class CopiedPackets
{
    private const int Places = 1_024;

    private readonly Lock _lock = new();
    private readonly byte[][] _packets = new byte[Places][];
    private readonly int[] _lengths = new int[Places];
    private int _first;
    private int _count;

    /// <summary>How many packets found no place.</summary>
    public long Lost { get; private set; }

    /// <summary>Copies a packet in.</summary>
    /// <returns>True if it is the first one there: the reader is to be woken.</returns>
    public bool Add(ReadOnlySpan<byte> datagram)
    {
        lock (_lock)
        {
            if (_count == Places)
            {
                Lost++;
                return false;
            }

            int place = (_first + _count) % Places;
            if (_packets[place] is not { } buffer || buffer.Length < datagram.Length)
            {
                _packets[place] = buffer = new byte[Math.Max(2_048, datagram.Length)];
            }

            datagram.CopyTo(buffer);
            _lengths[place] = datagram.Length;
            return _count++ == 0;
        }
    }

    /// <summary>Takes the oldest packet.</summary>
    /// <param name="into">Where to copy it: at least 65,535 bytes.</param>
    /// <param name="length">Its length.</param>
    /// <returns>False if there is none.</returns>
    public bool TryTake(Span<byte> into, out int length)
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                length = 0;
                return false;
            }

            length = _lengths[_first];
            _packets[_first].AsSpan(0, length).CopyTo(into);
            _first = (_first + 1) % Places;
            _count--;
            return true;
        }
    }
}
