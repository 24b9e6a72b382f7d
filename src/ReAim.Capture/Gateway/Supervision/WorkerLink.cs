using System.CommandLine;
using System.Globalization;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>What a supervisor gives its worker besides the person's options: files by number, and what went before.</summary>
/// <param name="Ticks">Where to write ticks.</param>
/// <param name="Status">Where those connect who ask for the status.</param>
/// <param name="Record">Where to record packets; null if nowhere.</param>
/// <param name="QueueCounters">The kernel's counters of queues, which only root may open; null if there are none.</param>
/// <param name="Restarts">How many workers there were before.</param>
/// <param name="Started">When the supervisor started: milliseconds of the clock that all processes share and that never jumps.</param>
internal sealed record WorkerLink(int Ticks, int Status, int? Record, int? QueueCounters, int Restarts, long Started)
{
    private const string TicksOption = "--ticks";
    private const string StatusOption = "--status";
    private const string RecordOption = "--record-to";
    private const string QueueCountersOption = "--queue-counters";
    private const string RestartsOption = "--restarts";
    private const string StartedOption = "--started";

    /// <summary>Adds the options to the worker's verb.</summary>
    public static void AddTo(Command command)
    {
        command.Add(new Option<int>(TicksOption) { Required = true, Hidden = true });
        command.Add(new Option<int>(StatusOption) { Required = true, Hidden = true });
        command.Add(new Option<int?>(RecordOption) { Hidden = true });
        command.Add(new Option<int?>(QueueCountersOption) { Hidden = true });
        command.Add(new Option<int>(RestartsOption) { Hidden = true });
        command.Add(new Option<long>(StartedOption) { Hidden = true });
    }

    /// <summary>Reads the options.</summary>
    public static WorkerLink From(ParseResult result) => new(
        result.GetRequiredValue<int>(TicksOption),
        result.GetRequiredValue<int>(StatusOption),
        result.GetValue<int?>(RecordOption),
        result.GetValue<int?>(QueueCountersOption),
        result.GetValue<int>(RestartsOption),
        result.GetValue<long>(StartedOption));

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

    private static string Text(string option, long value) => string.Create(CultureInfo.InvariantCulture, $"{option}={value}");
}
