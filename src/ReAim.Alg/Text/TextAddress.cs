using ReAim.Alg.Wire;

namespace ReAim.Alg.Text;

/// <summary>Addresses as text protocols write them: dotted quads.</summary>
internal static class TextAddress
{
    /// <summary>Characters of the longest one.</summary>
    public const int MaxLength = 15;

    /// <summary>Reads an address that is all of a text.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out Ipv4Address address)
    {
        address = default;
        Span<char> letters = stackalloc char[MaxLength];
        return text.Length <= MaxLength
            && System.Text.Ascii.ToUtf16(text, letters, out int written) == System.Buffers.OperationStatus.Done
            && Ipv4Address.TryParse(letters[..written], out address);
    }

    /// <summary>Writes an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="place">Room for <see cref="MaxLength"/> characters.</param>
    /// <returns>How many were written.</returns>
    public static int Write(Ipv4Address address, Span<byte> place)
    {
        int length = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            length += TextNumber.Write((address.Value >> shift) & 255, place[length..]).Length;
            if (shift > 0)
            {
                place[length++] = (byte)'.';
            }
        }

        return length;
    }
}
