using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using ReAim.Alg;

namespace ReAim.Capture.Inspection;

/// <summary>
/// Reads the headers of one direction of a peer connection, OFT2 or ODC2 (PROTOCOL 3.3, 3.4). What they carry is counted, not
/// kept.
/// </summary>
/// <remarks>
///  both:  magic(4) header length(2) type(2)
///  OFT2:  cookie at 8, files at 20, left at 22, size at 32, received at 60, name at 192
///  ODC2:  cookie at 12, payload length at 28, flags at 38, name at 44
/// </remarks>
internal sealed class PeerReader(Conversation conversation, bool fromClient) : IStreamReader
{
    private const int LeastHeader = 8;
    private const int OdcHeader = 76;
    private const int OftHeader = 256;
    private const int LongestHeader = 1_024;
    private const ushort Prompt = 0x0101;
    private const ushort ResumeAck = 0x0106;

    private readonly List<byte> _header = [];
    private long _dataLeft;
    private long _fileLeft;
    private bool _isLost;

    /// <summary>True if a stream that begins like this is one of the two.</summary>
    public static bool IsMagic(ReadOnlySpan<byte> bytes) => bytes.StartsWith("OFT2"u8) || bytes.StartsWith("ODC2"u8);

    /// <inheritdoc/>
    public void Take(ReadOnlySpan<byte> bytes, long time)
    {
        while (!bytes.IsEmpty && !_isLost)
        {
            if (_dataLeft > 0)
            {
                bytes = bytes[(int)Skip(bytes.Length)..];
                continue;
            }

            int wanted = (_header.Count < LeastHeader ? LeastHeader : HeaderLength()) - _header.Count;
            ReadOnlySpan<byte> taken = bytes[..Math.Min(wanted, bytes.Length)];
            _header.AddRange(taken);
            bytes = bytes[taken.Length..];
            if (!IsMagic(Header) && (_header.Count >= LeastHeader || !"OFT2"u8.StartsWith(Header) && _fileLeft > 0))
            {
                StartData(time);
            }
            else if (_header.Count < LeastHeader)
            {
                continue;
            }
            else if (HeaderLength() is < OdcHeader or > LongestHeader || (IsOft && HeaderLength() < OftHeader))
            {
                Lose(time, Reason.Malformed, string.Create(CultureInfo.InvariantCulture, $"a header that says it is {HeaderLength()} bytes long"));
            }
            else if (_header.Count == HeaderLength())
            {
                TakeHeader(time);
                _header.Clear();
            }
        }
    }

    /// <inheritdoc/>
    public void Miss(long count, long time)
    {
        conversation.Add(new Step(time, fromClient, StepKind.Missing) { Code = (uint)Math.Min(count, uint.MaxValue), Reason = Reason.BytesMissed });
        if (_isLost)
        {
            return;
        }

        if (_dataLeft == 0 && _header.Count == 0 && _fileLeft > 0)
        {
            (_dataLeft, _fileLeft) = (_fileLeft, 0);
        }

        if (Skip(count) < count)
        {
            NoteSpoken();
            Lose(time, Reason.FramingLost, "from here on only bytes are counted");
        }
    }

    /// <inheritdoc/>
    public void End(long time)
    {
        if (!_isLost && _dataLeft > 0)
        {
            Lose(time, Reason.Truncated, string.Create(CultureInfo.InvariantCulture, $"the stream ends {_dataLeft} bytes before what was announced"));
        }
        else if (!_isLost && _header.Count > 0)
        {
            Lose(time, Reason.Truncated, "the stream ends inside a header");
        }
    }

    private ReadOnlySpan<byte> Header => CollectionsMarshal.AsSpan(_header);

    private bool IsOft => Header.StartsWith("OFT2"u8);

    private int HeaderLength() => BinaryPrimitives.ReadUInt16BigEndian(Header[4..]);

    private void NoteSpoken()
    {
        conversation.HasClientSpoken |= fromClient;
        conversation.HasServerSpoken |= !fromClient;
    }

    private long Skip(long count)
    {
        long skipped = Math.Min(count, _dataLeft);
        _dataLeft -= skipped;
        conversation.PeerPayload += skipped;
        return skipped;
    }

    /// <summary>No header where one may be: it is the announced file, or nothing we know.</summary>
    private void StartData(long time)
    {
        if (_fileLeft == 0)
        {
            Lose(time, Reason.FramingLost, "a header must begin here: from here on only bytes are counted");
            return;
        }

        byte[] first = [.. _header];
        _header.Clear();
        (_dataLeft, _fileLeft) = (_fileLeft, 0);
        Take(first, time);
    }

    private void TakeHeader(long time)
    {
        ReadOnlySpan<byte> header = Header;
        bool oft = IsOft;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(header[6..]);
        ulong cookie = BinaryPrimitives.ReadUInt64BigEndian(header[(oft ? 8 : 12)..]);
        if (cookie != 0)
        {
            conversation.PeerCookie ??= cookie;
        }

        NoteSpoken();
        string detail = oft ? Oft(header, type) : Odc(header);
        conversation.Add(new Step(time, fromClient, StepKind.Peer) { Code = type, Detail = detail });
    }

    private string Oft(ReadOnlySpan<byte> header, ushort type)
    {
        long size = BinaryPrimitives.ReadUInt32BigEndian(header[32..]);
        long received = BinaryPrimitives.ReadUInt32BigEndian(header[60..]);
        if (type is Prompt or ResumeAck)
        {
            _fileLeft = Math.Max(0, size - (type == ResumeAck ? received : 0));
        }

        string what = type switch
        {
            Prompt => "file follows",
            0x0202 => "go on",
            0x0204 => "file received",
            0x0205 => "resume wanted",
            ResumeAck => "resume granted",
            0x0207 => "go on from there",
            0x1108 or 0x1209 or 0x120A or 0x120B or 0x120C => "file list",
            _ => "unknown type",
        };
        string name = NetworkText.Read(header.Slice(192, 64));
        return string.Create(CultureInfo.InvariantCulture, $"OFT2 {type:X4} {what}: {name}, {size:N0} bytes");
    }

    private string Odc(ReadOnlySpan<byte> header)
    {
        _dataLeft = BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(header[38..]);
        string what = _dataLeft > 0 ? string.Create(CultureInfo.InvariantCulture, $"message of {_dataLeft:N0} bytes")
            : (flags & 0x0060) == 0x0060 ? "hello"
            : (flags & 0x0008) != 0 ? "typing"
            : "typing ended";
        string name = NetworkText.Read(header.Slice(44, 32));
        if (fromClient && name.Length > 0)
        {
            conversation.PeerName ??= name;
        }

        return $"ODC2 {what}, from {name}";
    }

    private void Lose(long time, Reason reason, string what)
    {
        _isLost = true;
        _header.Clear();
        conversation.Side(fromClient).Stream.KeepsBytes = false;
        conversation.Add(new Step(time, fromClient, StepKind.Malformed) { Reason = reason, Detail = what });
    }
}
