using System.Buffers.Binary;
using System.Text;

namespace ReAim.Capture.Inspection;

/// <summary>Text as it came from the network. It is made printable where it is shown, not here.</summary>
internal static class NetworkText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    // Longer than any name of a file may be; what is longer would only be kept for a line that nobody reads.
    private const int LongestName = 1_024;

    /// <summary>A name or an address: UTF-8 if it is, else Latin-1. Ends at the first zero; a very long one is cut, with an ellipsis.</summary>
    public static string Read(ReadOnlySpan<byte> bytes)
    {
        int zero = bytes.IndexOf((byte)0);
        bytes = zero < 0 ? bytes : bytes[..zero];
        bool isUtf8 = System.Text.Unicode.Utf8.IsValid(bytes);
        if (bytes.Length <= LongestName)
        {
            return isUtf8 ? StrictUtf8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
        }

        int cut = LongestName;
        while (isUtf8 && (bytes[cut] & 0xC0) == 0x80)
        {
            cut--;
        }

        return $"{Read(bytes[..cut])}…";
    }

    /// <summary>A text of an IM: character set 2 is UTF-16, others are Latin-1 or ASCII.</summary>
    public static string Read(ReadOnlySpan<byte> bytes, ushort characterSet) =>
        characterSet == 2 ? Encoding.BigEndianUnicode.GetString(bytes) : System.Text.Unicode.Utf8.IsValid(bytes) ? StrictUtf8.GetString(bytes) : Encoding.Latin1.GetString(bytes);

    /// <summary>Screen names are the same without blanks and case (PROTOCOL 2.2).</summary>
    public static string Normalise(string name) => name.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>A name of one length byte; false if it overruns.</summary>
    public static bool TryReadName(ReadOnlySpan<byte> bytes, out string name, out int next)
    {
        (name, next) = ("", 0);
        if (bytes.IsEmpty || bytes.Length < 1 + bytes[0])
        {
            return false;
        }

        next = 1 + bytes[0];
        name = Read(bytes[1..next]);
        return true;
    }

    /// <summary>A number of two bytes; null if there are fewer.</summary>
    public static ushort? Number(ReadOnlySpan<byte> bytes) => bytes.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : null;
}
