namespace ReAim.Alg.Translation;

/// <summary>A mapping in the table. Offers with equal ends share one; the last to give it back closes it. Pooled.</summary>
internal sealed class MappingEntry
{
    /// <summary>Its ends.</summary>
    public Mapping Mapping { get; set; }

    /// <summary>True once the translator has installed it.</summary>
    public bool Installed { get; set; }

    /// <summary>How many offers share it.</summary>
    public int Offers { get; set; }

    /// <summary>How many of these may have told their peers the inside address.</summary>
    public int TellingInside { get; set; }

    /// <summary>True if a LAN host that connects to the public end is turned back to the LAN.</summary>
    public bool TurnsBack => TellingInside == 0;

    /// <summary>An older one of the same LAN end: one for another public address.</summary>
    public MappingEntry? Older { get; set; }
}
