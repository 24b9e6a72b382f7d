namespace ReAim.Alg.Text;

/// <summary>The words of a line: what stands between single blanks.</summary>
internal static class Words
{
    private const byte Blank = (byte)' ';

    /// <summary>Where a word stands.</summary>
    /// <param name="line">The line; its end is no part of the last word.</param>
    /// <param name="index">How many words stand before it.</param>
    /// <returns>An empty place at the line's end if there are not so many.</returns>
    public static Range Find(ReadOnlySpan<byte> line, int index)
    {
        line = line.TrimEnd("\r\n"u8);
        int start = 0;
        for (int i = 0; i < index; i++)
        {
            int blank = line[start..].IndexOf(Blank);
            if (blank < 0)
            {
                return line.Length..line.Length;
            }

            start += blank + 1;
        }

        int end = line[start..].IndexOf(Blank);
        return start..(end < 0 ? line.Length : start + end);
    }

    /// <summary>A word; empty if there are not so many.</summary>
    public static ReadOnlySpan<byte> Get(ReadOnlySpan<byte> line, int index) => line[Find(line, index)];

    /// <summary>True if one of two texts begins with the other: what has come so far of a line may become it.</summary>
    public static bool MayBecome(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        int length = Math.Min(text.Length, word.Length);
        return text[..length].SequenceEqual(word[..length]);
    }
}
