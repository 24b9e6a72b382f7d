namespace ReAim.Alg.Wire;

/// <summary>What a TCP checksum field says.</summary>
public enum ChecksumState : byte
{
    /// <summary>It does not fit the segment.</summary>
    Wrong,

    /// <summary>It fits the segment.</summary>
    Valid,

    /// <summary>It holds the folded pseudo-header sum only: the network card was to finish it (checksum offload).</summary>
    Partial,
}
