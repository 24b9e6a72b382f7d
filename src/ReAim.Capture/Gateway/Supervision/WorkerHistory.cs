using System.CommandLine;
using System.Globalization;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>What went before a worker.</summary>
/// <param name="Restarts">How many workers there were before.</param>
/// <param name="Started">When the supervisor started: milliseconds of the clock that all processes share and that never jumps.</param>
internal sealed record WorkerHistory(int Restarts, long Started)
{
    private const string RestartsOption = "--restarts";
    private const string StartedOption = "--started";

    /// <summary>Adds the options to the worker's verb.</summary>
    public static void AddTo(Command command)
    {
        command.Add(new Option<int>(RestartsOption) { Hidden = true });
        command.Add(new Option<long>(StartedOption) { Hidden = true });
    }

    /// <summary>Reads the options.</summary>
    public static WorkerHistory From(ParseResult result) => new(result.GetValue<int>(RestartsOption), result.GetValue<long>(StartedOption));

    /// <summary>The options as a command line has them.</summary>
    public IReadOnlyList<string> ToArguments() =>
    [
        string.Create(CultureInfo.InvariantCulture, $"{RestartsOption}={Restarts}"),
        string.Create(CultureInfo.InvariantCulture, $"{StartedOption}={Started}"),
    ];
}
