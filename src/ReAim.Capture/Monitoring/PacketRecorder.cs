using System.Globalization;
using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Captures;

namespace ReAim.Capture.Monitoring;

/// <summary>
/// Records diverted packets as they came and as they went, as two interfaces of one capture file. It ends by itself at its
/// limit, or when the disk is full. A thread of its own writes: what a slow disk cannot take is left out and counted, because
/// what is diverted must not wait for it.
/// </summary>
internal sealed class PacketRecorder : IDisposable
{
    private const uint BeforeIndex = 0;
    private const uint AfterIndex = 1;
    private const int BufferLength = 256 << 10;

    /// <summary>A worker that ends does not wait longer for the disk.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromMilliseconds(300);

    private readonly Stream _stream;
    private readonly Action<string> _log;
    private readonly long _limit;
    private readonly Lock _ending = new();
    private readonly object _handing = new();
    private readonly Thread _thread;
    private byte[] _filling = new byte[BufferLength];
    private byte[] _writing = new byte[BufferLength];
    private int _filled;
    private int _handed;
    private long _given;
    private long _lost;
    private bool _ends;
    private volatile bool _isOpen = true;

    /// <summary>Begins a recording, or another section of one that a worker before this one began.</summary>
    /// <param name="stream">Where it goes; belongs to the recorder.</param>
    /// <param name="limit">How many bytes the file may have in all.</param>
    /// <param name="log">Is told, on any thread, when the recording ends early.</param>
    public PacketRecorder(Stream stream, long limit, Action<string> log)
    {
        (_stream, _limit, _log) = (stream, limit, log);
        _given = stream.CanSeek ? stream.Length : 0;
        _filled = PcapNgBlocks.WriteSection(_filling);
        _filled += PcapNgBlocks.WriteInterface(_filling.AsSpan(_filled), PcapNgBlocks.Before);
        _filled += PcapNgBlocks.WriteInterface(_filling.AsSpan(_filled), PcapNgBlocks.After);
        _thread = new Thread(Write) { IsBackground = true, Name = "recorder" };
        _thread.Start();
    }

    /// <summary>Records into a file that the supervisor opened.</summary>
    /// <param name="descriptor">Its number.</param>
    /// <param name="limit">How many bytes it may have in all.</param>
    /// <param name="log">Is told, on any thread, when the recording ends early.</param>
    public static PacketRecorder OfFile(int descriptor, long limit, Action<string> log)
    {
        var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        if (stream.CanSeek)
        {
            stream.Seek(0, SeekOrigin.End);
        }

        return new PacketRecorder(stream, limit, log);
    }

    /// <summary>Records into a file of this process's own.</summary>
    /// <param name="path">Where.</param>
    /// <param name="isNew">False if a worker before this one has begun it.</param>
    /// <param name="limit">How many bytes it may have in all.</param>
    /// <param name="log">Is told, on any thread, when the recording ends early.</param>
    /// <exception cref="BadInputException">It cannot be written.</exception>
    public static PacketRecorder OfPath(string path, bool isNew, long limit, Action<string> log) => NamedFile.Write(
        "--record",
        path,
        name => new PacketRecorder(
            new FileStream(name, isNew ? FileMode.Create : FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0), limit, log));

    /// <summary>False once it ended.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>A packet as it came.</summary>
    /// <param name="packet">The datagram.</param>
    /// <param name="time">Nanoseconds since 1970.</param>
    public void RecordArrival(ReadOnlySpan<byte> packet, long time) => Record(BeforeIndex, packet, time);

    /// <summary>A packet as it goes.</summary>
    /// <param name="packet">The datagram.</param>
    /// <param name="time">Nanoseconds since 1970.</param>
    public void RecordDeparture(ReadOnlySpan<byte> packet, long time) => Record(AfterIndex, packet, time);

    /// <summary>Has what was recorded brought to the file, unless the file is still busy with what came before.</summary>
    public void Flush()
    {
        if (_filled == 0)
        {
            return;
        }

        lock (_handing)
        {
            if (_handed == 0)
            {
                (_filling, _writing) = (_writing, _filling);
                (_handed, _filled) = (_filled, 0);
                _given += _handed;
                Monitor.Pulse(_handing);
            }
        }
    }

    /// <summary>Writes what is left, if the disk takes it.</summary>
    public void Dispose()
    {
        lock (_handing)
        {
            _ends = true;
            Monitor.Pulse(_handing);
        }

        if (!_thread.Join(EndPatience))
        {
            _log("the recording's last packets are missing: the disk did not take them in time.");
            return;
        }

        Flush();
        WriteHanded();
        _stream.Dispose();
        if (_lost > 0)
        {
            _log(string.Create(CultureInfo.InvariantCulture, $"the recording lacks {_lost} packets: the disk did not take them as fast as they came."));
        }
    }

    private void Record(uint index, ReadOnlySpan<byte> packet, long time)
    {
        if (!_isOpen)
        {
            return;
        }

        int most = packet.Length + PcapNgBlocks.MaxOverhead;
        if (_given + _filled + most > _limit)
        {
            End($"the recording ends here: it has reached its limit of {_limit} bytes.");
            return;
        }

        if (most > _filling.Length - _filled)
        {
            Flush();
        }

        if (most > _filling.Length - _filled)
        {
            _lost++;
            return;
        }

        _filled += PcapNgBlocks.WritePacket(_filling.AsSpan(_filled), index, time, packet);
    }

    /// <summary>The thread.</summary>
    private void Write()
    {
        while (true)
        {
            lock (_handing)
            {
                while (_handed == 0 && !_ends)
                {
                    Monitor.Wait(_handing);
                }

                if (_handed == 0)
                {
                    return;
                }
            }

            WriteHanded();
        }
    }

    /// <summary>The buffer that was handed over is nobody else's until this is done.</summary>
    private void WriteHanded()
    {
        try
        {
            _stream.Write(_writing, 0, _handed);
        }
        catch (IOException failure)
        {
            End($"the recording ends here: {failure.Message}");
        }

        lock (_handing)
        {
            _handed = 0;
        }
    }

    private void End(string sentence)
    {
        lock (_ending)
        {
            if (_isOpen)
            {
                _isOpen = false;
                _log(sentence);
            }
        }
    }
}
