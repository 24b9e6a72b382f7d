namespace ReAim.Capture.Translators.Nftables;

/// <summary>What became of elements that the kernel was to add or remove.</summary>
internal enum ElementAnswer
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>The public end leads to somebody else already.</summary>
    Conflict,

    /// <summary>Our table is gone, or not there yet.</summary>
    TableMissing,

    /// <summary>The set has no room for one more.</summary>
    Full,

    /// <summary>It takes CAP_NET_ADMIN.</summary>
    NotPermitted,

    /// <summary>The kernel refused it for another reason: <see cref="MappingElements.LastError"/>.</summary>
    Refused,
}
