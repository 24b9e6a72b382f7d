using System.Runtime.Versioning;
using ReAim.Alg;
using ReAim.Capture.Commands;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Supervision.Portable;
using ReAim.Capture.Monitoring;
using ReAim.Capture.Monitoring.Pipes;

namespace ReAim.Capture.Windows;

/// <summary>Puts a worker together on Windows, runs it, and takes it apart.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsWorkerMain
{
    /// <summary>Runs until the supervisor says to end, or is gone.</summary>
    /// <param name="options">What the person asked for, with the placement and the translator that were found.</param>
    /// <param name="link">What the supervisor says.</param>
    /// <param name="reserved">Public ports that belong to the administrator.</param>
    /// <param name="log">Where sentences go.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="BadInputException">It cannot work here.</exception>
    public static int Run(GatewayOptions options, WindowsWorkerLink link, IReadOnlyCollection<ushort> reserved, EventLog log)
    {
        // The supervisor decides what follows from them.
        using var signals = new ConsoleSignals(_ => { });
        Rehearsal.Run(options);
        log.Prefix = options.DryRun ? "dry run: " : "";
        using var wakeup = new Wakeup();
        using var channel = new StreamChannel(Console.OpenStandardInput(), Console.OpenStandardOutput(), wakeup.Wake);
        using PacketRecorder? recorder = options.Record is { } path
            ? PacketRecorder.OfPath(path, isNew: link.History.Restarts == 0, options.RecordLimit, log.Say)
            : null;
        var reservedPorts = new HashSet<ushort>(reserved);
        using var parts = new WindowsParts(options, link.Nat, WindowsInterface.ReadAll(), wakeup.Wake, log);
        var engine = new Engine(parts.Adjust(WorkerMain.EngineOptionsFor(options, reservedPorts)));
        var addresses = new PublicAddresses(options.Public, parts.Connections(), log);
        var effects = new EffectRunner(engine, parts.Translator, addresses, new ServerNames(wakeup.Wake), log) { IsDryRun = options.DryRun };
        var machine = new MachineWatch(options.Wan, LocalListeners.Read, () => { }, reserved, reservedPorts, parts.Translator, log) { Moved = parts.Move, Reserved = engine.CloseReservedPorts };
        using IDiverter diverter = parts.Diverter(engine, effects, recorder);
        var snapshots = new StatusTaker(options, link.History, engine, addresses, diverter, parts.Translator);
        Rehearsal.Tell(snapshots.Take);
        using var status = new PipeStatusListener(AdministratorPipe.Open, wakeup.Wake, log.Say);
        new Worker(engine, diverter, effects, parts.Translator, new WakeupEvents(wakeup), machine, channel, status, snapshots.Take, recorder).Run();
        return ExitCode.Success;
    }
}
