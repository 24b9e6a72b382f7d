namespace ReAim.Capture.Inspection;

/// <summary>Takes one direction of a connection in order: bytes, and holes of known length.</summary>
internal interface IStreamReader
{
    /// <summary>Bytes, in order. They are valid for this call only.</summary>
    void Take(ReadOnlySpan<byte> bytes, long time);

    /// <summary>Bytes that the capture does not have.</summary>
    void Miss(long count, long time);

    /// <summary>The stream, or the capture, ended.</summary>
    void End(long time);
}
