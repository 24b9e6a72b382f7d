using System.Globalization;
using System.Text;

namespace ReAim.Capture.Reports;

/// <summary>Text from the network made safe for a terminal.</summary>
internal static class Printable
{
    private const int Longest = 200;

    /// <summary>Nothing that moves a cursor, turns the writing direction or cannot be seen is left, and nothing endless.</summary>
    public static string Of(string text, int longest = Longest)
    {
        var safe = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool shows = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
            safe.Append(shows ? rune.ToString() : "?");
            if (safe.Length >= longest)
            {
                return safe.Append('…').ToString();
            }
        }

        return safe.ToString();
    }
}
