using System.CommandLine;
using System.CommandLine.Parsing;

namespace ReAim.Capture.Commands;

/// <summary>
/// Options that were given without their value. The parser then takes the next option for it, and complains of what follows;
/// and an option that takes several values takes the argument behind them too.
/// </summary>
internal static class MissingValues
{
    /// <summary>Refuses a command line in which an option lacks its value.</summary>
    /// <exception cref="BadInputException">One does: the sentence names it.</exception>
    public static void Refuse(ParseResult result)
    {
        Command command = result.CommandResult.Command;
        foreach (Option option in command.Options)
        {
            if (!option.Hidden && option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool)
                && result.GetResult(option) is { Implicit: false } given)
            {
                Refuse(command, option, given);
            }
        }

        RefuseSwallowed(result, command);
    }

    private static void Refuse(Command command, Option option, OptionResult given)
    {
        if (given.Tokens.Count == 0 || IsOption(given.Tokens[0].Value))
        {
            string name = given.IdentifierToken?.Value ?? option.Name;
            throw new BadInputException($"{name} needs {Wanted(option)}; see reaim {command.Name} --help.");
        }

        if (given.Tokens.FirstOrDefault(token => IsOption(token.Value)) is { } stray)
        {
            throw new BadInputException($"'{stray.Value}' is not understood; see reaim {command.Name} --help.");
        }
    }

    private static void RefuseSwallowed(ParseResult result, Command command)
    {
        if (command.Arguments.FirstOrDefault(argument => result.GetResult(argument) is null or { Tokens.Count: 0 }) is { } missing
            && command.Options.FirstOrDefault(option => option.AllowMultipleArgumentsPerToken && result.GetResult(option)?.Tokens.Count > 1) is { } greedy)
        {
            string taken = result.GetResult(greedy)!.Tokens[^1].Value;
            throw new BadInputException(
                $"{missing.Name} is missing, for {greedy.Name} takes every word that follows it, '{taken}' too: write {missing.Name} first; see reaim {command.Name} --help.");
        }
    }

    /// <summary>A single dash is a file: standard input or output.</summary>
    private static bool IsOption(string value) => value.Length > 1 && value[0] == '-';

    private static string Wanted(Option option) => option.HelpName switch
    {
        "FILE" => "a file name",
        "CIDR" => "a network, such as 192.168.7.0/24",
        "ADDRESS" => "an address, such as 203.0.113.7",
        "IFACE" => "the name of a network interface",
        { } name => $"a value: {name}",
        null => "a value",
    };
}
