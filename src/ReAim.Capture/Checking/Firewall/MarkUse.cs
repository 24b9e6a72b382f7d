namespace ReAim.Capture.Checking.Firewall;

/// <summary>What a rule does with a mark.</summary>
internal enum MarkUseKind
{
    /// <summary>Looks at the connection's.</summary>
    CompareConnection,

    /// <summary>Looks at the packet's.</summary>
    ComparePacket,

    /// <summary>Writes the connection's.</summary>
    SetConnection,

    /// <summary>Writes the packet's.</summary>
    SetPacket,

    /// <summary>Copies the connection's to the packet.</summary>
    Restore,
}

/// <summary>A use of mark bits.</summary>
/// <param name="Kind">Of which mark, and how.</param>
/// <param name="Mask">The bits that are looked at, written or copied.</param>
/// <param name="Value">Their values, if they are constant.</param>
internal readonly record struct MarkUse(MarkUseKind Kind, uint Mask, uint Value);
