using System.CommandLine;

namespace ReAim.Capture.Commands;

/// <summary>The command <c>reaim</c>: its verbs, and how what goes wrong is said.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Where reports go.</param>
    /// <param name="error">Where everything else goes, one sentence each.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error) => Run(args, new StandardStreams(output, error));

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="streams">The standard streams.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args, StandardStreams streams)
    {
        (TextWriter output, TextWriter error) = (streams.Output, streams.Error);
        var root = new RootCommand("ReAim helps AIM clients behind a NAT gateway to connect directly.")
        {
            ReplayCommand.Create(streams),
            InspectCommand.Create(streams),
            RunCommand.Create(error),
            CheckCommand.Create(output, error),
            StatusCommand.Create(output),
            ServiceCommand.Create(output),
            WorkerCommand.Create(error),
        };
        ParseResult result = root.Parse(args);
        try
        {
            MissingValues.Refuse(result);
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
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"reaim: {failure.Message}");
            return ExitCode.Failure;
        }
    }

    /// <summary>The one thing to say: a word that is not understood explains what seems to be missing.</summary>
    private static string Sentence(ParseResult result)
    {
        string command = result.CommandResult.Command is RootCommand ? "reaim" : $"reaim {result.CommandResult.Command.Name}";
        string message = result.UnmatchedTokens.Count > 0
            ? $"'{result.UnmatchedTokens[0]}' is not understood"
            : result.Errors.Select(error => error.Message).OrderBy(text => text.Contains("is required", StringComparison.Ordinal)).First();
        return $"{message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}; see {command} --help.";
    }
}
