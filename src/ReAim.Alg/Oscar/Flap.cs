namespace ReAim.Alg.Oscar;

/// <summary>The frame of everything OSCAR sends (PROTOCOL 1.1).</summary>
/// <remarks>
///  0     1         2          4        6          6+L
///  +-----+---------+----------+--------+------...---+
///  | 2A  | channel | sequence | L      | body       |
///  +-----+---------+----------+--------+------...---+
/// </remarks>
public static class Flap
{
    /// <summary>The byte with which every frame begins.</summary>
    public const byte Marker = 0x2A;

    /// <summary>Bytes before the body.</summary>
    public const int HeaderLength = 6;

    /// <summary>The channel of the frame that opens a connection.</summary>
    public const byte Hello = 1;

    /// <summary>The channel of SNACs.</summary>
    public const byte Snac = 2;

    /// <summary>The channel of the frame that ends a connection, and of old login replies.</summary>
    public const byte SignOff = 4;

    /// <summary>The channel of empty frames that keep a connection alive, the last one there is.</summary>
    public const byte KeepAlive = 5;
}
