using System.IO.Compression;

namespace ReAim.Capture.Captures;

/// <summary>
/// The bytes in a gzip file, of all its members, unpacked as they are read. Where the file is damaged or cut off, they end:
/// what came before is worth reading.
/// </summary>
internal sealed class GzipInput : ForwardStream
{
    private readonly RestartedStream _packed;
    private readonly GZipStream _unpacking;

    // Without it a file that was cut off ends like a whole one.
    static GzipInput() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", isEnabled: true);

    /// <summary>Makes one.</summary>
    /// <param name="head">The file's first bytes, which were read already.</param>
    /// <param name="rest">What follows them; belongs to this.</param>
    public GzipInput(ReadOnlySpan<byte> head, Stream rest)
    {
        _packed = new RestartedStream(head.ToArray(), rest);
        _unpacking = new GZipStream(_packed, CompressionMode.Decompress);
    }

    /// <summary>True once bytes turned out to be no gzip, or to lack their end.</summary>
    public bool IsDamaged { get; private set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (IsDamaged)
        {
            return 0;
        }

        try
        {
            return _unpacking.Read(buffer);
        }
        catch (Exception damage) when (damage is InvalidDataException or EndOfStreamException)
        {
            IsDamaged = true;
            return 0;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _unpacking.Dispose();
            _packed.Dispose();
        }

        base.Dispose(disposing);
    }
}
