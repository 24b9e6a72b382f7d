using System.Buffers.Binary;
using ReAim.Alg.Streams;

namespace ReAim.Alg.Oscar;

/// <summary>
/// Cuts one direction's stream into frames. A frame that lies whole in a segment is read where it lies; one that comes in
/// pieces is collected only if it may matter.
/// </summary>
internal struct FlapReader
{
    /// <summary>Begins with a frame at a stream offset.</summary>
    public FlapReader(long start) => Needed = start;

    private ulong _header;
    private byte[]? _collected;
    private long _bodyLeftUndecided;
    private int _headerLength;
    private int _collectedLength;

    /// <summary>The next stream offset that is wanted.</summary>
    public long Needed { get; private set; }

    /// <summary>The number of the last frame that ended; null if none has.</summary>
    public ushort? LastSequence { get; private set; }

    /// <summary>True once this direction's first frame was a hello.</summary>
    public bool HelloDone { get; set; }

    /// <summary>The first stream offset that may still change; <see cref="long.MaxValue"/> if none.</summary>
    public readonly long Undecided => _bodyLeftUndecided == 0 ? long.MaxValue : _bodyLeftUndecided;

    /// <summary>True while the current frame's body is not done.</summary>
    public readonly bool IsInBody => _headerLength == Flap.HeaderLength;

    /// <summary>The current frame's channel.</summary>
    public readonly byte Channel => (byte)(_header >> 32);

    /// <summary>The current frame's number.</summary>
    public readonly ushort Sequence => (ushort)(_header >> 16);

    /// <summary>The current frame's body length.</summary>
    public readonly int BodyLength => (ushort)_header;

    /// <summary>What was collected of the current frame's body.</summary>
    public readonly ReadOnlySpan<byte> Collected => _collected.AsSpan(0, _collectedLength);

    /// <summary>Reads the current frame's header, or goes on with its body.</summary>
    /// <param name="bytes">The bytes there are; those read are taken off.</param>
    /// <param name="lost">True if a frame did not begin where one must.</param>
    /// <returns>False if there are too few bytes, or if framing is lost.</returns>
    public bool TryReadHeader(ref ReadOnlySpan<byte> bytes, out bool lost)
    {
        lost = false;
        while (_headerLength < Flap.HeaderLength)
        {
            if (bytes.IsEmpty)
            {
                return false;
            }

            if (_headerLength == 0 && bytes[0] != Flap.Marker)
            {
                lost = true;
                return false;
            }

            if (_headerLength == 0 && bytes.Length >= Flap.HeaderLength)
            {
                _header = ((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]);
                _headerLength = Flap.HeaderLength;
                Advance(ref bytes, Flap.HeaderLength);
            }
            else
            {
                _header = (_header << 8) | bytes[0];
                _headerLength++;
                Advance(ref bytes, 1);
            }
        }

        return true;
    }

    /// <summary>The rest of the current frame's body is of no interest: what comes next is the next frame.</summary>
    public void SkipBody(SessionContext context, ref ReadOnlySpan<byte> bytes)
    {
        int left = BodyLength - _collectedLength;
        Needed += left;
        bytes = bytes[Math.Min(left, bytes.Length)..];
        EndFrame(context);
    }

    /// <summary>Reads the current frame's body; false if it is not whole yet, and then what there is was collected.</summary>
    public bool TryReadBody(SessionContext context, ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> body, out long bodyOffset)
    {
        int left = BodyLength - _collectedLength;
        bodyOffset = Needed - _collectedLength;
        if (_collected is null && bytes.Length >= left)
        {
            body = bytes[..left];
            Advance(ref bytes, left);
            return true;
        }

        body = default;
        if (_collected is null)
        {
            if (bytes.IsEmpty)
            {
                return false;
            }

            _collected = context.TryRentAssembly(BodyLength);
            if (_collected is null)
            {
                SkipBody(context, ref bytes);
                return false;
            }
        }

        int taken = Math.Min(left, bytes.Length);
        bytes[..taken].CopyTo(_collected.AsSpan(_collectedLength));
        _collectedLength += taken;
        Advance(ref bytes, taken);
        if (_collectedLength < BodyLength)
        {
            return false;
        }

        body = _collected.AsSpan(0, BodyLength);
        return true;
    }

    /// <summary>Notes where the current frame may still change.</summary>
    /// <param name="bodyPosition">A position in its body; -1 if nowhere.</param>
    public void MarkUndecided(int bodyPosition) =>
        _bodyLeftUndecided = bodyPosition < 0 ? 0 : Needed - _collectedLength + bodyPosition;

    /// <summary>The current frame is done; what was borrowed for it goes back.</summary>
    public void EndFrame(SessionContext context)
    {
        if (_collected is not null)
        {
            context.ReturnAssembly(_collected, BodyLength);
        }

        LastSequence = IsInBody ? Sequence : LastSequence;
        (_collected, _collectedLength, _headerLength, _header, _bodyLeftUndecided) = (null, 0, 0, 0, 0);
    }

    private void Advance(ref ReadOnlySpan<byte> bytes, int count)
    {
        Needed += count;
        bytes = bytes[count..];
    }
}
