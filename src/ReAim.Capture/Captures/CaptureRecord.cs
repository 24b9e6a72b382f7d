namespace ReAim.Capture.Captures;

/// <summary>Where in a record of a capture file the frame stands, and what the record says of it.</summary>
internal readonly record struct CaptureRecord
{
    /// <summary>The record's length in the file.</summary>
    public required int Length { get; init; }

    /// <summary>False for what is not a packet: such a record is only passed on.</summary>
    public bool IsPacket { get; init; }

    /// <summary>Where the frame begins in the record.</summary>
    public int FrameOffset { get; init; }

    /// <summary>Bytes of the frame that were captured.</summary>
    public int FrameLength { get; init; }

    /// <summary>Bytes the frame had on the wire.</summary>
    public long OriginalLength { get; init; }

    /// <summary>When it was captured: nanoseconds since 1970.</summary>
    public long Time { get; init; }

    /// <summary>How the record counts time.</summary>
    public CaptureClock Clock { get; init; }

    /// <summary>The link-layer type, as tcpdump.org numbers it.</summary>
    public int LinkType { get; init; }

    /// <summary>Where <c>reaim run --record</c> took it.</summary>
    public RecordingPoint Point { get; init; }
}
