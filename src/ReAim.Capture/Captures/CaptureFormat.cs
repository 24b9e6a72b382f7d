namespace ReAim.Capture.Captures;

/// <summary>What a look at the next bytes of a capture file found.</summary>
internal enum RecordStatus
{
    /// <summary>A whole record.</summary>
    Whole,

    /// <summary>The beginning of a record.</summary>
    NeedMore,

    /// <summary>Nothing that can be a record.</summary>
    Damaged,
}

/// <summary>
/// A capture file format, as records that can be passed on byte for byte. Ours rather than libpcap's, because libpcap writes
/// no pcapng, loses interfaces, options and precision, refuses files with two link types, and costs four times as much.
/// </summary>
internal abstract class CaptureFormat
{
    /// <summary>No record is longer: libpcap's own bound for a frame, with room for options.</summary>
    public const int MaxRecordLength = 16 << 20;

    /// <summary>Looks at the next record.</summary>
    /// <param name="bytes">The bytes there are, from the record's first on.</param>
    /// <param name="record">What stands where.</param>
    public abstract RecordStatus Read(ReadOnlySpan<byte> bytes, out CaptureRecord record);

    /// <summary>Writes another time into a packet's record, rounded down to its precision.</summary>
    /// <param name="bytes">The record.</param>
    /// <param name="record">What stands where.</param>
    /// <param name="time">Nanoseconds since 1970.</param>
    public abstract void SetTime(Span<byte> bytes, in CaptureRecord record, long time);
}
