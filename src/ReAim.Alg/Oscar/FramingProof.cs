using ReAim.Alg.Streams;

namespace ReAim.Alg.Oscar;

/// <summary>
/// Looks for the framing of a direction that is met in mid-stream. It is proven by three whole frames, numbered one after the
/// other, of which the first begins where a segment does, and behind which a segment ends or a further frame begins.
/// </summary>
/// <param name="before">The number of a frame that was read before; null if none was.</param>
/// <param name="from">The stream offset at which that frame ended.</param>
internal sealed class FramingProof(ushort? before = null, long from = 0)
{
    private const int Proof = 3;

    /// <summary>Wherever numbers wrap, they go on modulo this.</summary>
    private const int Modulus = 0x8000;

    /// <summary>Numbers that may be left out where they wrap.</summary>
    private const int WrapSlack = 1;

    private int _frames;
    private ushort _last;
    private bool _isBegun;
    private bool _isInFrame;

    /// <summary>Takes the next segment, in order of arrival.</summary>
    /// <param name="context">The flow and its direction.</param>
    /// <param name="reader">Follows the frames; once they are found it stands at the byte that is to be read next.</param>
    /// <param name="segment">At least one byte.</param>
    /// <param name="start">The stream offset of the first.</param>
    /// <param name="mayEnd">False if the search must go on even if all is known.</param>
    public Framing Take(SessionContext context, ref FlapReader reader, ReadOnlySpan<byte> segment, long start, bool mayEnd)
    {
        long end = start + segment.Length;
        if (!_isBegun || start > reader.Needed)
        {
            // Nothing is known of what comes behind a hole, but that a segment may begin with a frame.
            (_frames, _isBegun, _isInFrame) = (0, true, false);
            reader = new FlapReader(start);
        }
        else if (end < reader.Needed || (end == reader.Needed && !_isInFrame))
        {
            return Framing.Sought;
        }

        ReadOnlySpan<byte> bytes = segment[(int)(reader.Needed - start)..];
        _frames += _isInFrame ? 1 : 0;
        _isInFrame = false;
        while (true)
        {
            bool isProven = _frames >= Proof && mayEnd;
            if (bytes.IsEmpty)
            {
                return isProven ? Framing.Found : Framing.Sought;
            }

            if (!reader.TryReadHeader(ref bytes, out bool lost))
            {
                return lost ? Framing.Misfit : Framing.Sought;
            }

            if (reader.Channel is < Flap.Hello or > Flap.KeepAlive || !(_frames > 0 ? Follows(reader.Sequence) : ComesLater(reader.Sequence, reader.Needed - Flap.HeaderLength)))
            {
                return Framing.Misfit;
            }

            _last = reader.Sequence;
            if (isProven)
            {
                return Framing.Found;
            }

            reader.SkipBody(context, ref bytes);
            if (reader.Needed > end)
            {
                _isInFrame = true;
                return Framing.Sought;
            }

            _frames++;
        }
    }

    /// <summary>Begins anew with the next segment.</summary>
    public void Reset() => _isBegun = false;

    /// <summary>
    /// False for a number that lies before the one that was read last, or is that, or lies so far behind it that there was no room for the
    /// frames between: who writes a text that looks like frames must guess it.
    /// </summary>
    private bool ComesLater(ushort sequence, long start)
    {
        int ahead = (sequence - before.GetValueOrDefault()) & (Modulus - 1);
        long between = (start - from) / Flap.HeaderLength;
        return before is null || (ahead is > 0 and < Modulus / 2 && ahead <= between + 1 + WrapSlack);
    }

    /// <summary>Numbers wrap at different places (PROTOCOL 1.1).</summary>
    private bool Follows(ushort sequence) =>
        sequence == (ushort)(_last + 1) || (sequence <= 1 && _last is 0x7FFF or 0x8000 or 0xFFFF);
}
