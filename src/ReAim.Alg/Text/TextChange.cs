using ReAim.Alg.Streams;

namespace ReAim.Alg.Text;

/// <summary>
/// Another text for a place of a message. As long as nothing behind a place moves, the change is an edit, which leaves the
/// connection's numbers as they are; only what has another length is a splice (docs/ARCHITECTURE.md, "Sequence translation").
/// </summary>
/// <param name="Start">Where the place begins in the message.</param>
/// <param name="Length">Bytes that stand there.</param>
/// <param name="TextStart">Where the other text begins in the text of all changes.</param>
/// <param name="TextLength">Bytes of it.</param>
internal readonly record struct TextChange(int Start, int Length, int TextStart, int TextLength)
{
    /// <summary>Bytes between places that may move, with the places: a shorter address and a longer port make one edit.</summary>
    private const int LongestRun = 128;

    private int End => Start + Length;

    private int Growth => TextLength - Length;

    /// <summary>How many edits so many changes may become at most.</summary>
    /// <param name="changes">How many changes.</param>
    /// <param name="longest">Bytes of the longest one.</param>
    public static int MostEdits(int changes, int longest) =>
        (changes * Edits(longest)) + (changes > 1 ? Edits(LongestRun) : 0);

    /// <summary>True if one of them is a splice, so that the connection's numbers change behind it.</summary>
    /// <param name="changes">The changes, in the order in which their places stand.</param>
    public static bool AnySplices(ReadOnlySpan<TextChange> changes)
    {
        while (!changes.IsEmpty)
        {
            int count = CountRun(changes);
            if (count == 0)
            {
                return true;
            }

            changes = changes[count..];
        }

        return false;
    }

    /// <summary>Applies changes to a message: edits where that is possible, else splices.</summary>
    /// <param name="context">The flow and its direction, which has room for both.</param>
    /// <param name="message">The message.</param>
    /// <param name="offset">The stream offset of its first byte.</param>
    /// <param name="changes">The changes, in the order in which their places stand.</param>
    /// <param name="text">The text of all of them.</param>
    public static void Apply(SessionContext context, ReadOnlySpan<byte> message, long offset, ReadOnlySpan<TextChange> changes, ReadOnlySpan<byte> text)
    {
        Span<byte> run = stackalloc byte[LongestRun];
        while (!changes.IsEmpty)
        {
            TextChange first = changes[0];
            int count = CountRun(changes);
            if (count == 0)
            {
                context.Splice(offset + first.Start, first.Length, text.Slice(first.TextStart, first.TextLength));
                count = 1;
            }
            else
            {
                context.Edit(offset + first.Start, Write(message, changes[..count], text, run));
            }

            changes = changes[count..];
        }
    }

    /// <summary>How many changes, from the first on, together leave what is behind them in its place; 0 if none do.</summary>
    private static int CountRun(ReadOnlySpan<TextChange> changes)
    {
        int growth = 0;
        for (int i = 0; i < changes.Length && changes[i].End - changes[0].Start <= LongestRun; i++)
        {
            growth += changes[i].Growth;
            if (growth == 0)
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static ReadOnlySpan<byte> Write(ReadOnlySpan<byte> message, ReadOnlySpan<TextChange> changes, ReadOnlySpan<byte> text, Span<byte> run)
    {
        int length = 0;
        int at = changes[0].Start;
        foreach (TextChange change in changes)
        {
            message[at..change.Start].CopyTo(run[length..]);
            length += change.Start - at;
            text.Slice(change.TextStart, change.TextLength).CopyTo(run[length..]);
            length += change.TextLength;
            at = change.End;
        }

        return run[..length];
    }

    private static int Edits(int length) => (length + EditList.LongestEdit - 1) / EditList.LongestEdit;
}
