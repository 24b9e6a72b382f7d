using System.Globalization;
using System.Text;

namespace ReAim.Capture.Reports;

/// <summary>Writes JSON, which is UTF-8 (RFC 8259 8.1), so that it stays JSON where another encoding is written.</summary>
internal static class JsonText
{
    /// <summary>Writes some of a JSON text.</summary>
    /// <param name="utf8">The text: whole characters, and none outside of ASCII but in strings.</param>
    /// <param name="output">Where to. If its encoding cannot show every character, those beyond ASCII are escaped.</param>
    public static void Write(ReadOnlySpan<byte> utf8, TextWriter output)
    {
        string text = Encoding.UTF8.GetString(utf8);
        output.Write(output.Encoding.IsSingleByte ? Escaped(text) : text);
    }

    /// <summary>The same, and a line's end.</summary>
    public static void WriteLine(ReadOnlySpan<byte> utf8, TextWriter output)
    {
        Write(utf8, output);
        output.WriteLine();
    }

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char letter in text)
        {
            _ = char.IsAscii(letter) ? escaped.Append(letter) : escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }

        return escaped.ToString();
    }
}
