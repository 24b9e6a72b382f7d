using System.CommandLine;
using System.Globalization;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>What a supervisor gives its worker besides the person's options: files by number, and its history.</summary>
/// <param name="Ticks">Where to write ticks.</param>
/// <param name="Status">Where those connect who ask for the status.</param>
/// <param name="Record">Where to record packets; null if nowhere.</param>
/// <param name="Offers">Where workers write down their offers for those that follow; null if nowhere.</param>
/// <param name="Guard">Where to ask the keeper of guarded connections; null if there is none.</param>
/// <param name="QueueCounters">The kernel's counters of queues, which only root may open; null if there are none.</param>
/// <param name="History">What went before.</param>
internal sealed record WorkerLink(int Ticks, int Status, int? Record, int? Offers, int? Guard, int? QueueCounters, WorkerHistory History)
{
    private const string TicksOption = "--ticks";
    private const string StatusOption = "--status";
    private const string RecordOption = "--record-to";
    private const string OffersOption = "--offers";
    private const string GuardOption = "--guard";
    private const string QueueCountersOption = "--queue-counters";

    /// <summary>Adds the options to the worker's verb.</summary>
    public static void AddTo(Command command)
    {
        command.Add(new Option<int>(TicksOption) { Required = true, Hidden = true });
        command.Add(new Option<int>(StatusOption) { Required = true, Hidden = true });
        command.Add(new Option<int?>(RecordOption) { Hidden = true });
        command.Add(new Option<int?>(OffersOption) { Hidden = true });
        command.Add(new Option<int?>(GuardOption) { Hidden = true });
        command.Add(new Option<int?>(QueueCountersOption) { Hidden = true });
        WorkerHistory.AddTo(command);
    }

    /// <summary>Reads the options.</summary>
    public static WorkerLink From(ParseResult result) => new(
        result.GetRequiredValue<int>(TicksOption),
        result.GetRequiredValue<int>(StatusOption),
        result.GetValue<int?>(RecordOption),
        result.GetValue<int?>(OffersOption),
        result.GetValue<int?>(GuardOption),
        result.GetValue<int?>(QueueCountersOption),
        WorkerHistory.From(result));

    /// <summary>The options as a command line has them.</summary>
    public IEnumerable<string> ToArguments()
    {
        yield return Text(TicksOption, Ticks);
        yield return Text(StatusOption, Status);
        if (Record is { } record)
        {
            yield return Text(RecordOption, record);
        }

        if (Offers is { } offers)
        {
            yield return Text(OffersOption, offers);
        }

        if (Guard is { } guard)
        {
            yield return Text(GuardOption, guard);
        }

        if (QueueCounters is { } counters)
        {
            yield return Text(QueueCountersOption, counters);
        }

        foreach (string argument in History.ToArguments())
        {
            yield return argument;
        }
    }

    private static string Text(string option, long value) => string.Create(CultureInfo.InvariantCulture, $"{option}={value}");
}
