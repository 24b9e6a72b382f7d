using System.Globalization;

namespace ReAim.Capture.Captures;

/// <summary>Counts the packets of which a capture has only the beginning, because whoever recorded it wanted no more.</summary>
internal sealed class SnapLength
{
    private int _longest;

    /// <summary>Packets that were cut off.</summary>
    public long Packets { get; private set; }

    /// <summary>The sentence that says so, and what helps; null if all packets are whole.</summary>
    public string? Sentence => Packets == 0 ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{Packets:N0} {(Packets == 1 ? "packet was" : "packets were")} cut off at {_longest:N0} bytes by the capture's snap length: record again with whole packets (tcpdump -s 0).");

    /// <summary>Looks at a packet's record.</summary>
    public void Take(in CaptureRecord record)
    {
        if (record.FrameLength < record.OriginalLength)
        {
            Packets++;
            _longest = Math.Max(_longest, record.FrameLength);
        }
    }
}
