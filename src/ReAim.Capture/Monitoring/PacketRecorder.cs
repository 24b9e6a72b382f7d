using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Captures;

namespace ReAim.Capture.Monitoring;

/// <summary>
/// Records diverted packets as they came and as they went, as two interfaces of one capture file. It ends by itself at its
/// limit, or when the disk is full: what is diverted must not suffer from it.
/// </summary>
internal sealed class PacketRecorder : IDisposable
{
    private const uint Before = 0;
    private const uint After = 1;
    private const int BufferLength = 256 << 10;

    private readonly Stream _stream;
    private readonly Action<string> _log;
    private readonly long _limit;
    private readonly byte[] _buffer = new byte[BufferLength];
    private int _filled;
    private long _written;

    /// <summary>Begins a recording, or another section of one that a worker before this one began.</summary>
    /// <param name="stream">Where it goes; belongs to the recorder.</param>
    /// <param name="limit">How many bytes the file may have in all.</param>
    /// <param name="log">Is told when the recording ends early.</param>
    public PacketRecorder(Stream stream, long limit, Action<string> log)
    {
        (_stream, _limit, _log) = (stream, limit, log);
        _written = stream.CanSeek ? stream.Length : 0;
        _filled = PcapNgBlocks.WriteSection(_buffer);
        _filled += PcapNgBlocks.WriteInterface(_buffer.AsSpan(_filled), "before");
        _filled += PcapNgBlocks.WriteInterface(_buffer.AsSpan(_filled), "after");
        IsOpen = true;
    }

    /// <summary>Records into a file that the supervisor opened.</summary>
    /// <param name="descriptor">Its number.</param>
    /// <param name="limit">How many bytes it may have in all.</param>
    /// <param name="log">Is told when the recording ends early.</param>
    public static PacketRecorder OfFile(int descriptor, long limit, Action<string> log)
    {
        var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        if (stream.CanSeek)
        {
            stream.Seek(0, SeekOrigin.End);
        }

        return new PacketRecorder(stream, limit, log);
    }

    /// <summary>False once it ended.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>A packet as it came.</summary>
    /// <param name="packet">The datagram.</param>
    /// <param name="time">Nanoseconds since 1970.</param>
    public void RecordArrival(ReadOnlySpan<byte> packet, long time) => Record(Before, packet, time);

    /// <summary>A packet as it goes.</summary>
    /// <param name="packet">The datagram.</param>
    /// <param name="time">Nanoseconds since 1970.</param>
    public void RecordDeparture(ReadOnlySpan<byte> packet, long time) => Record(After, packet, time);

    /// <summary>Brings what was recorded to the file.</summary>
    public void Flush()
    {
        if (!IsOpen || _filled == 0)
        {
            return;
        }

        try
        {
            _stream.Write(_buffer, 0, _filled);
            _written += _filled;
            _filled = 0;
        }
        catch (IOException failure)
        {
            End($"the recording ends here: {failure.Message}");
        }
    }

    /// <summary>Writes what is left.</summary>
    public void Dispose()
    {
        Flush();
        _stream.Dispose();
    }

    private void Record(uint index, ReadOnlySpan<byte> packet, long time)
    {
        int most = packet.Length + PcapNgBlocks.MaxOverhead;
        if (!IsOpen)
        {
            return;
        }

        if (_written + _filled + most > _limit)
        {
            Flush();
            End($"the recording ends here: it has reached its limit of {_limit} bytes.");
            return;
        }

        if (most > _buffer.Length - _filled)
        {
            Flush();
        }

        if (IsOpen)
        {
            _filled += PcapNgBlocks.WritePacket(_buffer.AsSpan(_filled), index, time, packet);
        }
    }

    private void End(string sentence)
    {
        IsOpen = false;
        _log(sentence);
    }
}
