using System.CommandLine;
using ReAim.Capture.Gateway.Supervision;

namespace ReAim.Capture.Windows;

/// <summary>What a supervisor on Windows tells its worker besides the person's options.</summary>
/// <param name="IsService">True if sentences go to the event log: a service has no console.</param>
/// <param name="Nat">The name of WinNAT's NAT that translates for the LAN; null if there is none.</param>
/// <param name="History">What went before.</param>
internal sealed record WindowsWorkerLink(bool IsService, string? Nat, WorkerHistory History)
{
    private const string ServiceOption = "--event-log";
    private const string NatOption = "--nat";

    /// <summary>Adds the options to the worker's verb.</summary>
    public static void AddTo(Command command)
    {
        command.Add(new Option<bool>(ServiceOption) { Hidden = true });
        command.Add(new Option<string?>(NatOption) { Hidden = true });
        WorkerHistory.AddTo(command);
    }

    /// <summary>Reads the options.</summary>
    public static WindowsWorkerLink From(ParseResult result) => new(
        result.GetValue<bool>(ServiceOption), result.GetValue<string?>(NatOption), WorkerHistory.From(result));

    /// <summary>The options as a command line has them; the history is added to each worker's.</summary>
    public static IReadOnlyList<string> Arguments(bool isService, string? nat) =>
        [.. isService ? (string[])[ServiceOption] : [], .. nat is null ? (string[])[] : [$"{NatOption}={nat}"]];
}
