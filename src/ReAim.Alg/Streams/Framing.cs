namespace ReAim.Alg.Streams;

/// <summary>What a session knows of the framing of a direction that it met in mid-stream.</summary>
internal enum Framing : byte
{
    /// <summary>Not enough was seen yet.</summary>
    Sought,

    /// <summary>Known beyond doubt: from here on the direction is read.</summary>
    Found,

    /// <summary>What came is not what had to come.</summary>
    Misfit,
}
