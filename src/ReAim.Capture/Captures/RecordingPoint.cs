namespace ReAim.Capture.Captures;

/// <summary>Where <c>reaim run --record</c> took a packet: it has each twice.</summary>
internal enum RecordingPoint
{
    /// <summary>Another program's capture, which does not say.</summary>
    None,

    /// <summary>As the packet came.</summary>
    Before,

    /// <summary>As the packet went.</summary>
    After,
}
