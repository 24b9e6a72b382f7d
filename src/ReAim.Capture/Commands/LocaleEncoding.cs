using System.Text;

namespace ReAim.Capture.Commands;

/// <summary>The encoding of the user's locale (locale(7)), where that is not UTF-8.</summary>
internal static class LocaleEncoding
{
    private static readonly string[] s_variables = ["LC_ALL", "LC_CTYPE", "LANG"];

    /// <summary>Reads the locale's environment.</summary>
    /// <param name="variable">Asks for a variable of it.</param>
    /// <returns>
    /// Null for UTF-8, also where no locale is said. What another encoding does not have becomes ASCII that means the same.
    /// </returns>
    public static Encoding? Read(Func<string, string?> variable)
    {
        string? locale = s_variables.Select(variable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        if (locale is null)
        {
            return null;
        }

        // language_TERRITORY.codeset@modifier
        string bare = locale.Split('@')[0];
        int dot = bare.IndexOf('.', StringComparison.Ordinal);
        string codeset = dot >= 0 ? Normalise(bare[(dot + 1)..]) : bare is "C" or "POSIX" ? "ASCII" : "";
        return codeset switch
        {
            "" or "UTF8" => null,
            "ISO88591" or "LATIN1" => With(Encoding.Latin1),
            _ => With(Encoding.ASCII),
        };
    }

    private static string Normalise(string codeset) => string.Concat(codeset.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    private static Encoding With(Encoding encoding) =>
        Encoding.GetEncoding(encoding.CodePage, new AsciiFallback(), DecoderFallback.ReplacementFallback);
}
