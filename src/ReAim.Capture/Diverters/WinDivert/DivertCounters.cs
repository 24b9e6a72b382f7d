namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>What a diverter counted.</summary>
internal sealed class DivertCounters
{
    /// <summary>Packets that came, copies included.</summary>
    public long Packets { get; set; }

    /// <summary>Packets that were sent again.</summary>
    public long Sent { get; set; }

    /// <summary>Packets of these that were changed.</summary>
    public long Edited { get; set; }

    /// <summary>Packets that the driver did not send.</summary>
    public long Unsent { get; set; }

    /// <summary>Packets that were not what the driver promises, and are lost.</summary>
    public long Damaged { get; set; }

    /// <summary>Packets that another program had sent.</summary>
    public long Impostors { get; set; }

    /// <summary>Packets of our own that came back, and were left alone.</summary>
    public long Own { get; set; }

    /// <summary>How often a filter could not be replaced, or too many ends were in use for one.</summary>
    public long Uncovered { get; set; }
}
