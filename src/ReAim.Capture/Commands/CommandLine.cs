using System.CommandLine;
using System.CommandLine.Parsing;

namespace ReAim.Capture.Commands;

/// <summary>The command <c>reaim</c>: its verbs, and how what goes wrong is said.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Where reports go.</param>
    /// <param name="error">Where everything else goes, one sentence each.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("ReAim helps AIM clients behind a NAT gateway to connect directly.")
        {
            ReplayCommand.Create(output, error),
        };
        ParseResult result = root.Parse(args);
        try
        {
            if (result.Errors.Count > 0)
            {
                throw new BadInputException(Sentence(result));
            }

            return result.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (BadInputException bad)
        {
            error.WriteLine($"reaim: {bad.Message}");
            return ExitCode.BadInput;
        }
        catch (IOException failure)
        {
            error.WriteLine($"reaim: {failure.Message}");
            return ExitCode.Failure;
        }
    }

    private static string Sentence(ParseResult result)
    {
        ParseError first = result.Errors[0];
        string message = first.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        string command = result.CommandResult.Command is RootCommand ? "reaim" : $"reaim {result.CommandResult.Command.Name}";
        return $"{message}; see {command} --help.";
    }
}
