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

    /// <summary>True if the file ended in the middle of a record, in bytes that are none, or its compression is damaged.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>The record read last, as it stands in the file. Valid until the next is read.</summary>
    public Span<byte> Bytes => _buffer.AsSpan(_start, _recordLength);

    /// <summary>Opens a capture file, which gzip may have compressed.</summary>
    /// <param name="path">Its path, or <c>-</c>.</param>
    /// <param name="openStandardInput">Opens standard input; null if there is none.</param>
    /// <exception cref="BadInputException">It cannot be read, or is no capture file.</exception>
    public static CaptureReader Open(string path, Func<Stream>? openStandardInput = null)
    {
        string name = CaptureFile.NameOf(path);
        Stream stream = CaptureFile.Open(path, openStandardInput);
        try
        {
            return Open(ref stream, name, path);
        }
        catch (IOException error)
        {
            stream.Dispose();
            throw new BadInputException($"{name} cannot be read: {FailureText.Of(error)}");
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
                IsTruncated = _start < _end || _stream is GzipInput { IsDamaged: true };
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static CaptureFormat? Recognise(ReadOnlySpan<byte> header) =>
        (CaptureFormat?)PcapFormat.Recognise(header) ?? PcapNgFormat.Recognise(header);

    private static CaptureReader Open(ref Stream stream, string name, string path)
    {
        var buffer = new byte[BufferLength];
        int filled = Begin(stream, buffer);
        if (filled == 0)
        {
            throw new BadInputException($"{name} is empty: a pcap or pcapng file is needed.");
        }

        if (Compression.IsGzip(buffer.AsSpan(0, filled)))
        {
            stream = new GzipInput(buffer.AsSpan(0, filled), stream);
            filled = Begin(stream, buffer);
            if (filled == 0)
            {
                throw new BadInputException($"{name} is compressed with gzip, but {(stream is GzipInput { IsDamaged: true } ? "damaged from its beginning" : "empty")}: a pcap or pcapng file is needed.");
            }
        }

        CaptureFormat? format = Recognise(buffer.AsSpan(0, filled));
        if (format is null)
        {
            RefusePacked(stream, buffer, filled, name);
            if (!stream.CanSeek || path == CaptureFile.Standard)
            {
                throw new BadInputException($"{name} {(stream is GzipInput ? "holds no capture" : "is not a capture file")}: pcap or pcapng is needed.");
            }

            // libpcap reads it from its beginning.
            stream.Dispose();
            stream = LibpcapStream.Open(path);
            filled = Begin(stream, buffer);
            format = Recognise(buffer.AsSpan(0, filled))!;
        }

        return new CaptureReader(stream, format, buffer, filled);
    }

    /// <summary>Reads as much as tells the format, and no more than there is to be had at once: a pipe may go on for hours.</summary>
    private static int Begin(Stream stream, byte[] buffer) => stream.ReadAtLeast(buffer, PcapFormat.FileHeaderLength, throwOnEndOfStream: false);

    /// <summary>A file that somebody packed is told from one that is no capture.</summary>
    private static void RefusePacked(Stream stream, byte[] buffer, int filled, string name)
    {
        if (filled < Compression.HeaderLength)
        {
            filled += stream.ReadAtLeast(buffer.AsSpan(filled), Compression.HeaderLength - filled, throwOnEndOfStream: false);
        }

        Span<byte> header = buffer.AsSpan(0, filled);
        if (Compression.IsGzip(header))
        {
            throw new BadInputException($"{name} is compressed with gzip twice: unpack it once with gzip -d, and give what comes out.");
        }

        if (Compression.Recognise(header) is { } packed)
        {
            throw new BadInputException($"{name} is packed with {packed.Name}: unpack it with {packed.Command}, and give the capture that comes out.");
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
