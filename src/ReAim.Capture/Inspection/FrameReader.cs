using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using ReAim.Alg;
using ReAim.Alg.Oscar;

namespace ReAim.Capture.Inspection;

/// <summary>
/// Cuts one direction of an OSCAR connection into frames. A hole inside a frame costs that frame; any other hole costs the
/// framing, which is then looked for again.
/// </summary>
internal sealed class FrameReader : IStreamReader
{
    private readonly Conversation _conversation;
    private readonly OscarReader _messages;
    private readonly bool _fromClient;
    private readonly byte[] _header = new byte[Flap.HeaderLength];
    private int _headerLength;
    private byte[]? _body;
    private int _bodyThere;
    private int _bodyMissing;
    private FramingSearch? _search;
    private ushort? _lastSequence;
    private long _skipped;
    private bool _found;

    /// <summary>Makes one.</summary>
    /// <param name="conversation">The connection.</param>
    /// <param name="fromClient">Its direction.</param>
    /// <param name="isFramed">True if the first byte must begin a frame; false if it was met in mid-stream.</param>
    public FrameReader(Conversation conversation, bool fromClient, bool isFramed)
    {
        (_conversation, _fromClient) = (conversation, fromClient);
        _messages = new OscarReader(conversation, fromClient);
        _found = isFramed;
        _search = isFramed ? null : new FramingSearch(lastSequence: null, missing: 0, conversation.Limits);
    }

    /// <summary>True while it is not known where a frame begins.</summary>
    public bool IsSearching => _search is not null;

    private int BodyLength => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(4));

    /// <inheritdoc/>
    public void Take(ReadOnlySpan<byte> bytes, long time)
    {
        while (!bytes.IsEmpty)
        {
            if (_search is { } search)
            {
                _skipped += bytes.Length;
                if (search.TryFind(bytes, time, out List<(byte[] Bytes, long Time)> rest))
                {
                    Regain(rest);
                }

                return;
            }

            if (_headerLength < Flap.HeaderLength)
            {
                TakeHeader(ref bytes, time);
            }

            if (_headerLength == Flap.HeaderLength)
            {
                TakeBody(ref bytes, time);
            }
        }
    }

    /// <inheritdoc/>
    public void Miss(long count, long time)
    {
        _conversation.Add(new Step(time, _fromClient, StepKind.Missing) { Code = (uint)Math.Min(count, uint.MaxValue), Reason = Reason.BytesMissed });
        if (_search is { } search)
        {
            _skipped = 0;
            search.Miss(count);
            return;
        }

        if (_headerLength == Flap.HeaderLength)
        {
            var inside = (int)Math.Min(count, BodyLength - _bodyThere);
            if (_body is null)
            {
                StartBody();
            }

            _bodyThere += inside;
            _bodyMissing += inside;
            count -= inside;
            if (_bodyThere == BodyLength)
            {
                EndFrame(_body, time);
            }
        }

        if (count > 0)
        {
            if (_headerLength > 0 && _headerLength < Flap.HeaderLength)
            {
                _conversation.Add(new Step(time, _fromClient, StepKind.Malformed) { Reason = Reason.BytesMissed, Detail = "a frame's header is cut off by the hole" });
            }

            Search(count);
        }
    }

    /// <inheritdoc/>
    public void End(long time)
    {
        // Old servers end a session with a frame that has no length (PROTOCOL 1.1).
        if (_headerLength == 4 && _header[1] == Flap.SignOff)
        {
            _conversation.Add(new Step(time, _fromClient, StepKind.SignOff) { Code = Flap.SignOff, Detail = "four bytes, as AIM before 4.1 is told" });
        }
        else if (_search is null && _headerLength > 0)
        {
            // The last frame of a server that is hung up on: the client's system refuses what comes after its close.
            string what = _headerLength < Flap.HeaderLength ? Text($"{_headerLength} of a header's {Flap.HeaderLength} bytes") : Text($"{_bodyThere} of {BodyLength} bytes{Named()}");
            Reason reason = _conversation.Ending == Ending.Open ? Reason.Truncated : Reason.Closed;
            _conversation.Add(new Step(time, _fromClient, StepKind.Note) { Reason = reason, Detail = $"ends inside a frame: {what}" });
        }
        else if (_search is not null && _conversation.Kind == ConnectionKind.Oscar && _skipped > 0)
        {
            _conversation.Add(new Step(time, _fromClient, StepKind.Note) { Reason = Reason.FramingLost, Detail = Text($"the last {_skipped} bytes could not be followed: no frame was found in them") });
        }

        _search?.Drop();
        DropBody();
        _headerLength = 0;
    }

    private static string Text(DefaultInterpolatedStringHandler text) => string.Create(CultureInfo.InvariantCulture, ref text);

    private void TakeHeader(ref ReadOnlySpan<byte> bytes, long time)
    {
        int count = Math.Min(Flap.HeaderLength - _headerLength, bytes.Length);
        bytes[..count].CopyTo(_header.AsSpan(_headerLength));
        if (_header[0] != Flap.Marker)
        {
            _conversation.Add(new Step(time, _fromClient, StepKind.Note) { Reason = Reason.FramingLost, Detail = Text($"a frame must begin here, but the byte is {_header[0]:X2}") });
            _headerLength = 0;
            Search(missing: 0);
            return;
        }

        _headerLength += count;
        bytes = bytes[count..];
    }

    private void TakeBody(ref ReadOnlySpan<byte> bytes, long time)
    {
        int left = BodyLength - _bodyThere;
        if (_body is null && bytes.Length >= left)
        {
            ReadOnlySpan<byte> whole = bytes[..left];
            bytes = bytes[left..];
            _bodyThere = BodyLength;
            EndFrame(whole, time);
            return;
        }

        if (bytes.IsEmpty)
        {
            return;
        }

        if (_body is null)
        {
            StartBody();
        }

        int count = Math.Min(left, bytes.Length);
        if (_body!.Length > 0)
        {
            bytes[..count].CopyTo(_body.AsSpan(_bodyThere));
        }

        bytes = bytes[count..];
        _bodyThere += count;
        if (_bodyThere == BodyLength)
        {
            EndFrame(_body, time);
        }
    }

    /// <summary>Room for a body that comes in pieces; none if too much is collected already.</summary>
    private void StartBody() => _body = _conversation.Limits.TryBuffer(BodyLength) ? new byte[BodyLength] : [];

    private void EndFrame(ReadOnlySpan<byte> body, long time)
    {
        byte channel = _header[1];
        ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2));
        if (_bodyMissing > 0 || body.Length < BodyLength)
        {
            Reason reason = _bodyMissing > 0 ? Reason.BytesMissed : Reason.AssemblyLimit;
            string what = _bodyMissing > 0 ? Text($"{_bodyMissing} of its {BodyLength} bytes are missing") : Text($"its {BodyLength} bytes were not collected");
            _conversation.Add(new Step(time, _fromClient, StepKind.Malformed) { Reason = reason, Detail = $"a frame{Named()} cannot be read: {what}" });
        }
        else
        {
            _messages.Take(channel, body, time);
        }

        _lastSequence = sequence;
        DropBody();
        _headerLength = 0;
    }

    private void DropBody()
    {
        _conversation.Limits.Unbuffer(_body?.Length ?? 0);
        (_body, _bodyThere, _bodyMissing) = (null, 0, 0);
    }

    /// <summary>The name of the SNAC whose body is being collected, as far as it can be told.</summary>
    private string Named() =>
        _header[1] == Flap.Snac && _body is { Length: >= 4 } && _bodyThere - _bodyMissing >= 4 && BinaryPrimitives.ReadUInt32BigEndian(_body) is > 0 and uint kind
            ? Text($" ({kind >> 16:X4}/{kind & 0xFFFF:X4} {SnacNames.Of(kind)})")
            : "";

    private void Search(long missing)
    {
        DropBody();
        _headerLength = 0;
        _skipped = 0;
        _search = new FramingSearch(_lastSequence, missing, _conversation.Limits);
    }

    private void Regain(List<(byte[] Bytes, long Time)> rest)
    {
        _search = null;
        long time = rest[0].Time;
        long skipped = _skipped - rest.Sum(piece => piece.Bytes.Length);
        _skipped = 0;
        if (!_found)
        {
            _found = true;
            _conversation.Add(new Step(time, _fromClient, StepKind.Note) { Reason = Reason.MidStream, Detail = Text($"met in mid-stream: frames are read from here on, {skipped} bytes before are not") });
            _conversation.Side(_fromClient).Found();
        }
        else if (skipped > 0)
        {
            _conversation.Add(new Step(time, _fromClient, StepKind.Note) { Reason = Reason.FramingLost, Detail = Text($"framing found again after {skipped} bytes") });
        }

        foreach ((byte[] bytes, long then) in rest)
        {
            Take(bytes, then);
        }
    }
}
