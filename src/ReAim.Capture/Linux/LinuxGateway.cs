using System.CommandLine;
using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Reporting;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Commands;
using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Guard;
using ReAim.Capture.Gateway.Rules;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Monitoring;
using ReAim.Capture.Programs;
using ReAim.Capture.Translators.Nftables;

namespace ReAim.Capture.Linux;

/// <summary>A gateway whose kernel diverts, translates and tracks connections.</summary>
internal sealed class LinuxGateway : IGatewaySystem
{
    private static readonly string[][] s_described =
    [
        ["ip", "-d", "address", "show"], ["ip", "-4", "route", "show", "table", "all"], ["ip", "rule", "show"],
        ["nft", "-a", "list", "ruleset"], ["iptables-save"], ["iptables-legacy-save"],
    ];

    /// <summary>None: systemd has units.</summary>
    public IServiceSystem? Services => null;

    /// <inheritdoc/>
    public int Run(GatewayOptions options, TextWriter error)
    {
        EventLog log = EventLog.OfProcess(error);
        var situation = new GatewaySituation(options);
        Preflight.Require(situation);
        using InstanceLock instance = InstanceLock.Take();
        QueueNumberCheck.Require(new GatewaySituation(options) { Instance = null });
        // What the LAN's own interfaces are in is the LAN, whatever it is elsewhere.
        options = options with { LanNets = [.. options.LanNets.Concat(situation.Lan.SelectMany(link => link.Networks)).Where(network => network.Length > 0).Distinct()] };
        RulesetGeneration.TryOpen(out RulesetGeneration? opened);
        using RulesetGeneration? generation = opened;
        IRules rules = new NoRules();
        if (!options.NeedsNoRules)
        {
            GatewayRules prepared = GatewayRules.Prepare(options, () => generation?.TryRead(out uint number) == Errno.None ? number : null);
            (options, rules) = (prepared.Options, new SupervisedRules(prepared, RulesetEvents.TryWatch));
        }

        using SafeFileHandle? record = options.Record is { } path ? OpenRecord(path) : null;
        using SafeFileHandle? offers = options.DryRun ? null : LibC.TryMakeMemory("reaim-offers");
        using GuardKeeper? guard = BeginGuard(options, log);
        using SafeFileHandle? counters = QueueStatistics.TryOpen();
        ulong rights = ThreadRights.NetAdmin | (options.ListensOnly || options.ChangesLengths ? ThreadRights.NetRaw : 0);
        var forwards = ForeignForwards.Find(situation.Firewall, options.Wan, [.. situation.Wan.SelectMany(link => link.Addresses)], options.Pool);
        IReadOnlyList<string> arguments = WorkerCommand.Arguments(options, forwards.Ports);
        using var host = new LinuxWorkerHost(new WorkerStarter(WorkerProgram.Own(), rights), arguments, instance)
        {
            Record = (int?)record?.DangerousGetHandle(),
            Offers = (int?)offers?.DangerousGetHandle(),
            Guard = (int?)guard?.WorkerLine.DangerousGetHandle(),
            QueueCounters = (int?)counters?.DangerousGetHandle(),
        };
        return new Supervisor(rules, host, log.Say) { Service = ServiceManager.FromEnvironment(), Doing = options.DryRun ? "rehearsing" : "helping" }.Run();
    }

    /// <inheritdoc/>
    public void AddWorkerOptions(Command command) => WorkerLink.AddTo(command);

    /// <inheritdoc/>
    public int Work(GatewayOptions options, ParseResult link, IReadOnlyCollection<ushort> reserved, TextWriter error) =>
        WorkerMain.Run(options, WorkerLink.From(link), reserved, EventLog.OfProcess(error));

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Check(GatewayOptions options) => CheckList.Run(new GatewaySituation(options));

    /// <inheritdoc/>
    public IReadOnlyList<ReportSection> Describe() =>
    [
        ReportSection.Of("Kernel", () => File.ReadAllText("/proc/version")),
        ReportSection.Of("net/ipv4/ip_forward", () => KernelFile.Setting("net/ipv4/ip_forward") ?? "none"),
        .. from command in s_described
           select CommandSection.Of(SystemProgram.Find(command[0]), command[0], command[1..]),
    ];

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> AskStatus() => StatusQuery.Ask();

    /// <summary>Also where no lengths will change: who was killed may have left connections whose lengths he changed.</summary>
    private static GuardKeeper? BeginGuard(GatewayOptions options, EventLog log)
    {
        if (options.ListensOnly || options.DryRun || !(options.NeedsGuard || GuardTable.Exists()))
        {
            return null;
        }

        if (GuardKeeper.TryBegin(options.Marks, out GuardKeeper? keeper) is not Errno.None and Errno error)
        {
            log.Say($"connections cannot be guarded here ({error}): an offer whose public address has another length than the inside one stays as it is.");
        }

        return keeper;
    }

    /// <summary>Opens the recording as root, which the worker is not, for root alone: it has what people write to each other.</summary>
    private static SafeFileHandle OpenRecord(string path) => NamedFile.Write("--record", path, name =>
    {
        SafeFileHandle file = LibC.OpenOwn(name);
        RandomAccess.SetLength(file, 0);
        LibC.MakePrivate(file);
        return file;
    });
}
