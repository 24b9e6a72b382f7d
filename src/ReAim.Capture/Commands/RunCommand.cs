using System.CommandLine;
using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Monitoring;
using ReAim.Capture.Translators.Nftables;

namespace ReAim.Capture.Commands;

/// <summary><c>reaim run</c>: helps the clients behind this gateway until it is stopped.</summary>
internal static class RunCommand
{
    /// <summary>Makes the verb.</summary>
    public static Command Create(TextWriter error)
    {
        var gateway = new GatewayCommandOptions();
        var command = new Command("run", "Help the clients behind this gateway until stopped. Needs root.");
        gateway.AddTo(command);
        command.SetAction(result => Run(gateway.Read(result), EventLog.OfProcess(error)));
        return command;
    }

    private static int Run(GatewayOptions options, EventLog log)
    {
        var situation = new GatewaySituation(options);
        Preflight.Require(situation);
        using InstanceLock instance = InstanceLock.Take();
        RulesetGeneration.TryOpen(out RulesetGeneration? opened);
        using RulesetGeneration? generation = opened;
        IRules rules = new NoRules();
        if (!options.NeedsNoRules)
        {
            GatewayRules prepared = GatewayRules.Prepare(options, () => generation?.TryRead(out uint number) == Errno.None ? number : null);
            (options, rules) = (prepared.Options, new SupervisedRules(prepared));
        }

        using SafeFileHandle? record = options.Record is { } path ? OpenRecord(path) : null;
        using SafeFileHandle? counters = QueueStatistics.TryOpen();
        ulong rights = ThreadRights.NetAdmin | (options.ListensOnly || options.ChangesLengths ? ThreadRights.NetRaw : 0);
        IReadOnlyList<string> arguments = WorkerCommand.Arguments(options, ForeignForwards.Find(situation.Firewall, options.Wan, [.. situation.Wan.SelectMany(link => link.Addresses)]).Ports);
        var supervisor = new Supervisor(rules, new WorkerStarter(WorkerProgram.Own(), rights), arguments, instance, log.Say)
        {
            Record = (int?)record?.DangerousGetHandle(),
            QueueCounters = (int?)counters?.DangerousGetHandle(),
        };
        return supervisor.Run();
    }

    /// <summary>Opens the recording as root, which the worker is not.</summary>
    private static SafeFileHandle OpenRecord(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"--record {path} cannot be written: {failure.Message}");
        }
    }
}
