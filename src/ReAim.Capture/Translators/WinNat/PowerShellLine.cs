using System.Globalization;

namespace ReAim.Capture.Translators.WinNat;

/// <summary>
/// How commands and answers look on PowerShell's standard input and output: one line each, so that neither can be taken for part of
/// another. Everything that a command contains is a number, an address or quoted.
/// </summary>
internal static class PowerShellLine
{
    /// <summary>Makes PowerShell take modules from Windows' own folder only.</summary>
    public const string OwnModulesOnly = "$env:PSModulePath = \"$PSHOME\\Modules\"";

    private const string Mark = "#reaim ";
    private const string Yes = "yes ";
    private const string No = "no ";

    /// <summary>A command that says its number with its answer, or with what went wrong.</summary>
    public static string Command(long number, string command) => string.Create(
        CultureInfo.InvariantCulture,
        $"try {{ $a = & {{ $ErrorActionPreference = 'Stop'; {command} }} | Select-Object -Last 1; [Console]::Out.WriteLine('{Mark}{number} {Yes}' + $a) }} catch {{ [Console]::Out.WriteLine('{Mark}{number} {No}' + ($_.Exception.Message -replace '\\s+', ' ')) }}");

    /// <summary>Reads an answer.</summary>
    /// <param name="line">A line of output, which may be anything.</param>
    /// <param name="number">The command's number.</param>
    /// <param name="answer">What it answered; null if it failed.</param>
    /// <param name="failure">Why it failed.</param>
    /// <returns>False if the line is no answer.</returns>
    public static bool TryRead(string line, out long number, out string? answer, out string failure)
    {
        (number, answer, failure) = (0, null, "");
        int start = line.IndexOf(Mark, StringComparison.Ordinal);
        if (start < 0)
        {
            return false;
        }

        string[] words = line[(start + Mark.Length)..].Split(' ', 2);
        if (words.Length != 2 || !long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return false;
        }

        if (words[1].StartsWith(Yes, StringComparison.Ordinal))
        {
            answer = words[1][Yes.Length..];
            return true;
        }

        if (!words[1].StartsWith(No, StringComparison.Ordinal))
        {
            return false;
        }

        failure = words[1][No.Length..].TrimEnd('.', ' ') is { Length: > 0 } said ? said : "Windows does not say why";
        return true;
    }

    /// <summary>Text as PowerShell takes it for nothing else; it takes four typographic quotes for plain ones.</summary>
    public static string Quote(string text) =>
        $"'{string.Concat(text.Select(letter => letter is '\'' or (>= '\u2018' and <= '\u201B') ? $"{letter}{letter}" : letter.ToString()))}'";
}
