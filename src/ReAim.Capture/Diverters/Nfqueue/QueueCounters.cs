namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>What came and went through a queue since it was opened.</summary>
internal sealed class QueueCounters
{
    /// <summary>Packets that came.</summary>
    public long Packets { get; set; }

    /// <summary>Verdicts that went back.</summary>
    public long Verdicts { get; set; }

    /// <summary>Of these, with bytes.</summary>
    public long Edited { get; set; }

    /// <summary>How often the kernel had no room for packets in our socket and let them pass (ENOBUFS).</summary>
    public long Overruns { get; set; }

    /// <summary>Packets whose end was missing.</summary>
    public long Cut { get; set; }

    /// <summary>Messages from the kernel that made no sense.</summary>
    public long Damaged { get; set; }

    /// <summary>Verdicts that the kernel refused: their packets were gone already.</summary>
    public long Refused { get; set; }

    /// <summary>Calls that failed otherwise.</summary>
    public long Failures { get; set; }
}
