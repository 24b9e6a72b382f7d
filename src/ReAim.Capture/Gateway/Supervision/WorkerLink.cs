using System.CommandLine;
using System.Globalization;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>What a supervisor gives its worker besides the person's options: files by number, and what went before.</summary>
/// <param name="Ticks">Where to write ticks.</param>
/// <param name="Status">Where those connect who ask for the status.</param>
/// <param name="Record">Where to record packets; null if nowhere.</param>
/// <param name="QueueCounters">The kernel's counters of queues, which only root may open; null if there are none.</param>
/// <param name="Restarts">How many workers there were before.</param>
/// <param name="Started">When the supervisor started: milliseconds since 1970.</param>
internal sealed record WorkerLink(int Ticks, int Status, int? Record, int? QueueCounters, int Restarts, long Started)
{
    private static readonly Option<int> TicksOption = new("--ticks") { Required = true, Hidden = true };
    private static readonly Option<int> StatusOption = new("--status") { Required = true, Hidden = true };
    private static readonly Option<int?> RecordOption = new("--record-to") { Hidden = true };
    private static readonly Option<int?> QueueCountersOption = new("--queue-counters") { Hidden = true };
    private static readonly Option<int> RestartsOption = new("--restarts") { Hidden = true };
    private static readonly Option<long> StartedOption = new("--started") { Hidden = true };

    /// <summary>Adds the options to the worker's verb.</summary>
    public static void AddTo(Command command)
    {
        command.Add(TicksOption);
        command.Add(StatusOption);
        command.Add(RecordOption);
        command.Add(QueueCountersOption);
        command.Add(RestartsOption);
        command.Add(StartedOption);
    }

    /// <summary>Reads the options.</summary>
    public static WorkerLink From(ParseResult result) => new(
        result.GetRequiredValue(TicksOption),
        result.GetRequiredValue(StatusOption),
        result.GetValue(RecordOption),
        result.GetValue(QueueCountersOption),
        result.GetValue(RestartsOption),
        result.GetValue(StartedOption));

    /// <summary>The options as a command line has them.</summary>
    public IEnumerable<string> ToArguments()
    {
        yield return Text(TicksOption, Ticks);
        yield return Text(StatusOption, Status);
        if (Record is { } record)
        {
            yield return Text(RecordOption, record);
        }

        if (QueueCounters is { } counters)
        {
            yield return Text(QueueCountersOption, counters);
        }

        yield return Text(RestartsOption, Restarts);
        yield return Text(StartedOption, Started);
    }

    private static string Text(Option option, long value) => string.Create(CultureInfo.InvariantCulture, $"{option.Name}={value}");
}
