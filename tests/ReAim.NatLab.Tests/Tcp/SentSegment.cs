namespace ReAim.NatLab.Tests.Tcp;

/// <summary>A segment that is out and not acknowledged.</summary>
internal sealed class SentSegment(uint sequence, int length)
{
    public uint Sequence { get; set; } = sequence;

    /// <summary>Payload bytes.</summary>
    public int Length { get; set; } = length;

    public bool Push { get; set; }

    public bool Fin { get; set; }

    /// <summary>When it left last.</summary>
    public long SentAt { get; set; }

    public bool WasRetransmitted { get; set; }

    /// <summary>Taken for lost, and not sent again since.</summary>
    public bool IsLost { get; set; }

    /// <summary>Sequence numbers it takes.</summary>
    public int Space => Length + (Fin ? 1 : 0);

    public uint End => Sequence + (uint)Space;
}
