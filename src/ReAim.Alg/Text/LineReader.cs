using ReAim.Alg.Streams;

namespace ReAim.Alg.Text;

/// <summary>
/// Cuts one direction's stream into lines that end with LF, or CR LF. One that lies whole in a segment is read where it lies; one
/// that comes in pieces is collected, unless it is longer than any that matters.
/// </summary>
/// <param name="longest">Bytes of the longest line that matters, its end included.</param>
/// <param name="start">The stream offset of the first line.</param>
internal struct LineReader(int longest, long start = 0)
{
    private const byte LineFeed = (byte)'\n';

    private byte[]? _collected;
    private int _length;
    private bool _isSkipping;
    private bool _isWhole;

    /// <summary>The next stream offset that is wanted.</summary>
    public long Needed { get; private set; } = start;

    /// <summary>What was collected of a line that is not whole.</summary>
    public readonly ReadOnlySpan<byte> Collected => _collected.AsSpan(0, _length);

    /// <summary>The stream offset of its first byte.</summary>
    public readonly long CollectedOffset => Needed - _length;

    /// <summary>Takes the next line.</summary>
    /// <param name="context">Lends the room for what is collected.</param>
    /// <param name="bytes">The bytes there are; those read are taken off.</param>
    /// <param name="line">The line with its end; empty if it was too long. Valid until the next call.</param>
    /// <param name="offset">The stream offset of its first byte.</param>
    /// <returns>False if no line ends in the bytes: what there is was collected.</returns>
    public bool TryRead(SessionContext context, ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> line, out long offset)
    {
        EndLine(context);
        int end = bytes.IndexOf(LineFeed) + 1;
        ReadOnlySpan<byte> part = end > 0 ? bytes[..end] : bytes;
        bytes = bytes[part.Length..];
        offset = Needed - _length;
        Needed += part.Length;
        if (!_isSkipping && _length + part.Length > longest)
        {
            Return(context);
            _isSkipping = true;
        }

        if (_isSkipping)
        {
            line = default;
            _isSkipping = end == 0;
            return end > 0;
        }

        if (end > 0 && _length == 0)
        {
            line = part;
            return true;
        }

        line = default;
        if (part.IsEmpty)
        {
            return false;
        }

        _collected ??= context.TryRentAssembly(longest);
        if (_collected is null)
        {
            _isSkipping = end == 0;
            _length = 0;
            return end > 0;
        }

        part.CopyTo(_collected.AsSpan(_length));
        _length += part.Length;
        if (end == 0)
        {
            return false;
        }

        line = Collected;
        _isWhole = true;
        return true;
    }

    /// <summary>A line that was given out whole is done.</summary>
    private void EndLine(SessionContext context)
    {
        if (_isWhole)
        {
            Return(context);
        }
    }

    /// <summary>Gives back what was borrowed.</summary>
    public void Return(SessionContext context)
    {
        if (_collected is not null)
        {
            context.ReturnAssembly(_collected, longest);
        }

        (_collected, _length, _isWhole) = (null, 0, false);
    }
}
