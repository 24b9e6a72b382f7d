namespace ReAim.Capture.Captures;

/// <summary>Reads a capture file record by record through one buffer, in which frames may be edited in place.</summary>
internal sealed class CaptureReader : IDisposable
{
    private const int BufferLength = 256 << 10;

    private readonly Stream _stream;
    private byte[] _buffer;
    private int _start;
    private int _end;
    private int _recordLength;
    private long _lastTime;

    private CaptureReader(Stream stream, CaptureFormat format, byte[] buffer, int filled)
    {
        _stream = stream;
        Format = format;
        _buffer = buffer;
        _end = filled;
    }

    /// <summary>The file's format.</summary>
    public CaptureFormat Format { get; }

    /// <summary>True if the file ended in the middle of a record, or in bytes that are none.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>The record read last, as it stands in the file. Valid until the next is read.</summary>
    public Span<byte> Bytes => _buffer.AsSpan(_start, _recordLength);

    /// <summary>Opens a capture file.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="BadInputException">It cannot be read, or is no capture file.</exception>
    public static CaptureReader Open(string path)
    {
        Stream stream = OpenFile(path);
        var buffer = new byte[BufferLength];
        try
        {
            int filled = stream.ReadAtLeast(buffer, PcapFormat.FileHeaderLength, throwOnEndOfStream: false);
            if (filled == 0)
            {
                throw new BadInputException($"{path} is empty: a pcap or pcapng file is needed.");
            }

            CaptureFormat? format = Recognise(buffer.AsSpan(0, filled));
            if (format is null)
            {
                stream.Dispose();
                stream = LibpcapStream.Open(path);
                filled = stream.ReadAtLeast(buffer, PcapFormat.FileHeaderLength, throwOnEndOfStream: false);
                format = Recognise(buffer.AsSpan(0, filled))!;
            }

            return new CaptureReader(stream, format, buffer, filled);
        }
        catch (IOException error)
        {
            stream.Dispose();
            throw new BadInputException($"{path} cannot be read: {error.Message}");
        }
        catch (BadInputException)
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next record; false at the end of the file.</summary>
    public bool TryRead(out CaptureRecord record)
    {
        _start += _recordLength;
        _recordLength = 0;
        while (true)
        {
            RecordStatus status = Format.Read(_buffer.AsSpan(_start, _end - _start), out record);
            if (status == RecordStatus.Whole)
            {
                _recordLength = record.Length;
                record = record.Time == long.MinValue ? record with { Time = _lastTime } : record;
                _lastTime = record.IsPacket ? record.Time : _lastTime;
                return true;
            }

            if (status == RecordStatus.Damaged || !Fill())
            {
                IsTruncated = _start < _end;
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static CaptureFormat? Recognise(ReadOnlySpan<byte> header) =>
        (CaptureFormat?)PcapFormat.Recognise(header) ?? PcapNgFormat.Recognise(header);

    private static FileStream OpenFile(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new BadInputException($"{path} is a directory: a pcap or pcapng file is needed.");
            }

            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException($"{path} does not exist.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new BadInputException($"{path} may not be read by this user.");
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"{path} cannot be opened: {error.Message}");
        }
    }

    /// <summary>Reads more of the file behind what is there; false at its end.</summary>
    private bool Fill()
    {
        int left = _end - _start;
        if (left == _buffer.Length)
        {
            if (left >= CaptureFormat.MaxRecordLength)
            {
                return false;
            }

            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, CaptureFormat.MaxRecordLength));
        }
        else if (_start > 0)
        {
            _buffer.AsSpan(_start, left).CopyTo(_buffer);
            (_start, _end) = (0, left);
        }

        int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}
