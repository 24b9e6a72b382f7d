using System.Text;

namespace ReAim.Capture.Windows.Services;

/// <summary>
/// Command lines, which on Windows are one text that each program takes apart itself: as CommandLineToArgvW and the C runtime do.
/// The program's name is always in quotes: without, Windows would try C:\Program.exe for C:\Program Files\….
/// </summary>
internal static class WindowsCommandLine
{
    /// <summary>Makes the text.</summary>
    /// <param name="program">The program's absolute path.</param>
    /// <param name="arguments">Its arguments, each as it is.</param>
    /// <exception cref="BadInputException">The path has a quote, or is not absolute.</exception>
    public static string Of(string program, IEnumerable<string> arguments)
    {
        // In a program's name backslashes mean nothing else, and there is no way to write a quote.
        if (program.Contains('"') || !IsAbsolute(program))
        {
            throw new BadInputException($"{program} is no path that a service can be started by: put reaim.exe under C:\\Program Files\\ReAim.");
        }

        var line = new StringBuilder().Append('"').Append(program).Append('"');
        foreach (string argument in arguments)
        {
            line.Append(' ');
            Append(line, argument);
        }

        return line.ToString();
    }

    // A drive's letter: what a network serves belongs to somebody else.
    private static bool IsAbsolute(string path) => path.Length > 3 && char.IsAsciiLetter(path[0]) && path[1..3] == @":\";

    private static void Append(StringBuilder line, string argument)
    {
        if (argument.Length > 0 && argument.AsSpan().IndexOfAny(" \t\n\v\"") < 0)
        {
            line.Append(argument);
            return;
        }

        line.Append('"');
        int backslashes = 0;
        foreach (char letter in argument)
        {
            // Backslashes are doubled only before a quote.
            line.Append('\\', letter == '"' ? backslashes + 1 : 0).Append(letter);
            backslashes = letter == '\\' ? backslashes + 1 : 0;
        }

        line.Append('\\', backslashes).Append('"');
    }
}
