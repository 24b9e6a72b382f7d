using ReAim.Alg;
using ReAim.Capture.Captures;

namespace ReAim.Capture.Diverters.Replay;

/// <summary>A copy of a record whose packet waits. Reused; its buffer grows to what it once needed.</summary>
internal sealed class HeldRecord
{
    private byte[] _bytes = [];

    /// <summary>What stands where.</summary>
    public CaptureRecord Record { get; private set; }

    /// <summary>Where in the record the IPv4 datagram begins.</summary>
    public int DatagramOffset { get; private set; }

    /// <summary>What of the datagram's header its sender's card was to write.</summary>
    public OffloadedHeader Offloaded { get; private set; }

    /// <summary>Which way the packet crosses the gateway.</summary>
    public Direction Direction { get; private set; }

    /// <summary>The record.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, Record.Length);

    /// <summary>Copies a record in.</summary>
    public void Fill(ReadOnlySpan<byte> bytes, in CaptureRecord record, int datagramOffset, OffloadedHeader offloaded, Direction direction)
    {
        if (_bytes.Length < bytes.Length)
        {
            _bytes = new byte[Math.Max(2_048, bytes.Length)];
        }

        bytes.CopyTo(_bytes);
        Record = record;
        DatagramOffset = datagramOffset;
        Offloaded = offloaded;
        Direction = direction;
    }
}
