using ReAim.Alg.Wire;

namespace ReAim.Alg.Msn;

/// <summary>What stands in a place.</summary>
internal enum PlaceKind : byte
{
    /// <summary>An address.</summary>
    Address,

    /// <summary>A port.</summary>
    Port,

    /// <summary>A port, every bit of 0x3141 turned (PROTOCOL-MSN 2).</summary>
    TurnedPort,

    /// <summary>An address, a colon and a port.</summary>
    End,
}

/// <summary>Which of the two ends that a client names of itself.</summary>
internal enum PlaceGroup : byte
{
    /// <summary>What it knows itself by.</summary>
    Internal,

    /// <summary>What the server sees.</summary>
    External,
}

/// <summary>Where in a message an address or a port stands, and which.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Group">Of which end.</param>
/// <param name="IsReversed">True if its letters stand in reverse order.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">Bytes of it.</param>
/// <param name="Address">The address; 0.0.0.0 if it is a port.</param>
/// <param name="Port">The port as a number, however it is written; 0 if it is an address.</param>
internal readonly record struct Place(PlaceKind Kind, PlaceGroup Group, bool IsReversed, int Start, int Length, Ipv4Address Address, uint Port)
{
    /// <summary>What the letters of a turned port hide.</summary>
    public const uint Turn = 0x3141;

    /// <summary>Characters of the longest text that a place may have: an address, a colon and a port.</summary>
    public const int MaxLength = 21;

    /// <summary>Characters of the longest port.</summary>
    public const int MaxPortLength = 5;
}
