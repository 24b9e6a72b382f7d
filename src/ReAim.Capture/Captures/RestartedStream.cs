namespace ReAim.Capture.Captures;

/// <summary>A stream from its beginning again, after its first bytes were looked at: a pipe cannot be wound back.</summary>
/// <param name="head">The bytes that were read.</param>
/// <param name="rest">What follows them; belongs to this.</param>
internal sealed class RestartedStream(byte[] head, Stream rest) : ForwardStream
{
    private int _read;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_read == head.Length)
        {
            return rest.Read(buffer);
        }

        int count = Math.Min(buffer.Length, head.Length - _read);
        head.AsSpan(_read, count).CopyTo(buffer);
        _read += count;
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            rest.Dispose();
        }

        base.Dispose(disposing);
    }
}
