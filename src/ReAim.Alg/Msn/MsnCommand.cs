using ReAim.Alg.Text;

namespace ReAim.Alg.Msn;

/// <summary>The line of a command (PROTOCOL-MSN 1).</summary>
internal static class MsnCommand
{
    /// <summary>Letters or digits of a command's name.</summary>
    public const int NameLength = 3;

    /// <summary>Which word of a client's MSG is the length.</summary>
    private const int LengthWord = 3;

    /// <summary>True if a line has the name of a command, or of an error, in front.</summary>
    public static bool IsCommand(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> name = Words.Get(line, 0);
        return name.Length == NameLength
            && (name.IndexOfAnyExceptInRange((byte)'A', (byte)'Z') < 0 || name.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0);
    }

    /// <summary>True if the command has that name.</summary>
    public static bool Is(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) => Words.Get(line, 0).SequenceEqual(name);

    /// <summary>How many bytes follow a line.</summary>
    /// <param name="line">The line with its end.</param>
    /// <param name="direction">Which way it goes: a QRY has a payload from the client only.</param>
    /// <param name="length">The number of bytes.</param>
    /// <returns>False if it cannot be told.</returns>
    public static bool TryReadPayloadLength(ReadOnlySpan<byte> line, Direction direction, out uint length)
    {
        length = 0;
        ReadOnlySpan<byte> text = line.TrimEnd("\r\n"u8);
        bool isNumber = TextNumber.TryRead(text[(text.LastIndexOf((byte)' ') + 1)..], out uint number);
        ReadOnlySpan<byte> name = Words.Get(line, 0);
        if (name.SequenceEqual("MSG"u8))
        {
            length = number;
            return isNumber && !Words.Get(line, LengthWord).IsEmpty;
        }

        if (isNumber && (MayHavePayload(name) || (direction == Direction.Outbound && name.SequenceEqual("QRY"u8))))
        {
            length = number;
        }

        return true;
    }

    /// <summary>Where the length stands in a client's MSG that need not be whole; -1 if nothing of it is there.</summary>
    public static int FindLength(ReadOnlySpan<byte> line)
    {
        Range place = Words.Find(line, LengthWord);
        return Is(line, "MSG"u8) && place.Start.Value < place.End.Value ? place.Start.Value : -1;
    }

    /// <summary>Commands whose last word says how many bytes follow, if it is a number.</summary>
    private static bool MayHavePayload(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("NOT"u8) || name.SequenceEqual("UBX"u8) || name.SequenceEqual("UUX"u8) || name.SequenceEqual("GCF"u8)
        || name.SequenceEqual("UBN"u8) || name.SequenceEqual("UUN"u8) || name.SequenceEqual("UBM"u8) || name.SequenceEqual("UUM"u8)
        || name.SequenceEqual("ADL"u8) || name.SequenceEqual("RML"u8) || name.SequenceEqual("FQY"u8) || name.SequenceEqual("IPG"u8)
        || name.SequenceEqual("PAG"u8);
}
