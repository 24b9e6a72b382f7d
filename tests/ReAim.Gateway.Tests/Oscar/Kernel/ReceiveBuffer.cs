namespace ReAim.NatLab.Tests.Tcp;

/// <summary>What a socket has received and no program has read yet.</summary>
internal sealed class ReceiveBuffer
{
    private byte[] _bytes = new byte[64 << 10];
    private int _first;

    public int Count { get; private set; }

    /// <summary>Room for that many bytes more.</summary>
    public Memory<byte> Room(int count)
    {
        if (_first + Count + count > _bytes.Length)
        {
            byte[] target = Count + count > _bytes.Length ? new byte[Math.Max(2 * _bytes.Length, Count + count)] : _bytes;
            _bytes.AsSpan(_first, Count).CopyTo(target);
            (_bytes, _first) = (target, 0);
        }

        return _bytes.AsMemory(_first + Count, count);
    }

    /// <summary>That many bytes have been written into the room.</summary>
    public void Add(int count) => Count += count;

    public byte[] Take(int count)
    {
        byte[] taken = _bytes.AsSpan(_first, count).ToArray();
        _first += count;
        Count -= count;
        return taken;
    }
}
