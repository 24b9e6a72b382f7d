using System.CommandLine;
using ReAim.Capture.Gateway.Supervision;

namespace ReAim.Capture.Windows;

/// <summary>What a supervisor on Windows tells its worker besides the person's options.</summary>
/// <param name="IsService">True if sentences go to the event log: a service has no console.</param>
/// <param name="History">What went before.</param>
internal sealed record WindowsWorkerLink(bool IsService, WorkerHistory History)
{
    private const string ServiceOption = "--event-log";

    /// <summary>Adds the options to the worker's verb.</summary>
    public static void AddTo(Command command)
    {
        command.Add(new Option<bool>(ServiceOption) { Hidden = true });
        WorkerHistory.AddTo(command);
    }

    /// <summary>Reads the options.</summary>
    public static WindowsWorkerLink From(ParseResult result) => new(result.GetValue<bool>(ServiceOption), WorkerHistory.From(result));

    /// <summary>What a service adds to its worker's arguments; the history is added to each worker's.</summary>
    public static IReadOnlyList<string> Arguments(bool isService) => isService ? [ServiceOption] : [];
}
