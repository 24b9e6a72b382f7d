using System.Buffers.Text;

namespace ReAim.Alg.Text;

/// <summary>Numbers as text protocols write them: decimal digits, nothing else.</summary>
internal static class TextNumber
{
    /// <summary>Digits of the largest number of 32 bits.</summary>
    public const int MostDigits = 10;

    /// <summary>Reads a number that is all digits.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out uint value) =>
        Utf8Parser.TryParse(text, out value, out int read) && read == text.Length && text[0] is >= (byte)'0' and <= (byte)'9';

    /// <summary>Writes a number.</summary>
    /// <returns>The digits, in the place given.</returns>
    public static ReadOnlySpan<byte> Write(uint value, Span<byte> place)
    {
        Utf8Formatter.TryFormat(value, place, out int written);
        return place[..written];
    }

    /// <summary>How many digits a number has.</summary>
    public static int Length(uint value)
    {
        int length = 1;
        for (; value >= 10; value /= 10)
        {
            length++;
        }

        return length;
    }
}
