using ReAim.Alg.Streams;

namespace ReAim.Alg.Irc;

/// <summary>
/// Looks for the lines of a direction that is met in mid-stream. What follows a line's end is a line, whatever is in it: of the
/// connection itself three lines are the proof, one behind the other, of words that this side says. A line that is cut by the end of a
/// segment counts neither for nor against it; a segment with a byte 00 has none, for no line of IRC has one (RFC 2812 2.3), but frames do.
/// </summary>
/// <param name="direction">Who speaks.</param>
internal sealed class IrcLineProof(Direction direction)
{
    private const int Proof = 3;
    private const byte LineFeed = (byte)'\n';
    private const byte None = 0;

    private int _lines;
    private bool _isBegun;
    private bool _isAtLine;

    /// <summary>The next stream offset that is wanted: the first byte of a line, once they are found.</summary>
    public long Next { get; private set; }

    /// <summary>True if there is a line in a segment, which may begin with the end of another.</summary>
    /// <param name="segment">One byte at least.</param>
    /// <param name="direction">Who speaks.</param>
    public static bool MayBeginWith(ReadOnlySpan<byte> segment, Direction direction)
    {
        if (segment.Contains(None))
        {
            return false;
        }

        for (int end = segment.IndexOf(LineFeed); end >= 0; end = segment.IndexOf(LineFeed))
        {
            if (IsLine(segment[..end], direction))
            {
                return true;
            }

            segment = segment[(end + 1)..];
        }

        return false;
    }

    /// <summary>Takes the next segment, in order of arrival.</summary>
    /// <param name="segment">At least one byte.</param>
    /// <param name="start">The stream offset of the first.</param>
    /// <param name="mayEnd">False if the search must go on even if all is known.</param>
    /// <returns><see cref="Framing.Misfit"/> if a client's last line is none of IRC; the search goes on with the next.</returns>
    public Framing Take(ReadOnlySpan<byte> segment, long start, bool mayEnd)
    {
        long end = start + segment.Length;
        if (!_isBegun || start > Next)
        {
            // Nothing is known of what comes behind a hole, but that a segment may begin with a line.
            (_lines, _isBegun, _isAtLine, Next) = (0, true, true, start);
        }
        else if (end <= Next)
        {
            return Framing.Sought;
        }

        if (segment.Contains(None))
        {
            (_lines, _isAtLine, Next) = (0, false, end);
            return Framing.Misfit;
        }

        ReadOnlySpan<byte> bytes = segment[(int)(Next - start)..];
        bool fits = true;
        while (!(_lines >= Proof && mayEnd && _isAtLine))
        {
            int length = bytes.IndexOf(LineFeed) + 1;
            if (length == 0)
            {
                _isAtLine &= bytes.IsEmpty;
                Next = end;
                return fits ? Framing.Sought : Framing.Misfit;
            }

            ReadOnlySpan<byte> line = bytes[..length].TrimEnd("\r\n"u8);
            if (_isAtLine && !line.IsEmpty)
            {
                _lines = IsLine(line, direction) ? _lines + 1 : 0;
                fits = _lines > 0 || direction == Direction.Inbound;
            }

            _isAtLine = true;
            Next += length;
            bytes = bytes[length..];
        }

        return Framing.Found;
    }

    private static bool IsLine(ReadOnlySpan<byte> line, Direction direction) =>
        IrcMessage.TryRead(line, out IrcMessage message)
        && (direction == Direction.Outbound
            ? IrcCommands.MayClientSay(message.Command)
            : IrcCommands.MayServerSay(message.Command, isNamed: !message.Prefix.IsEmpty));
}
