using System.CommandLine;
using System.Runtime.Versioning;
using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Reporting;
using ReAim.Capture.Commands;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Gateway.Supervision.Portable;
using ReAim.Capture.Monitoring;
using ReAim.Capture.Monitoring.Pipes;
using ReAim.Capture.Windows.Checks;
using ReAim.Capture.Windows.Services;

namespace ReAim.Capture.Windows;

/// <summary>A Windows gateway, where WinDivert diverts and Windows' NAT, a relay or the engine translates.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsGateway : IGatewaySystem, IServiceSystem
{
    /// <summary>How long a worker may take to end, in milliseconds: mappings are taken out of Windows' NAT by commands.</summary>
    private const long LongestEnd = 5_000;

    /// <inheritdoc/>
    public IServiceSystem Services => this;

    /// <inheritdoc/>
    public int Run(GatewayOptions options, TextWriter error)
    {
        using var output = new BackgroundLog(new TextLog(error, showsTime: true));
        return Supervise(options, new EventLog(output), new ServiceManager(null, 0), mailbox => new ConsoleSignals(mailbox.Post), isService: false);
    }

    /// <inheritdoc/>
    public void AddWorkerOptions(Command command) => WindowsWorkerLink.AddTo(command);

    /// <inheritdoc/>
    public int Work(GatewayOptions options, ParseResult link, IReadOnlyCollection<ushort> reserved, TextWriter error)
    {
        WindowsWorkerLink parsed = WindowsWorkerLink.From(link);
        using var output = new BackgroundLog(parsed.IsService ? new EventLogOutput(EventSource.Write) : new TextLog(error, showsTime: true));
        return WindowsWorkerMain.Run(options, parsed, reserved, new EventLog(output));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Check(GatewayOptions options) => WindowsCheckList.Run(WindowsReader.Read(options));

    /// <inheritdoc/>
    public IReadOnlyList<ReportSection> Describe() => WindowsDescription.Read();

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> AskStatus() => PipeStatusQuery.Ask(AdministratorPipe.Name, AdministratorPipe.IsTrusted);

    /// <inheritdoc/>
    public void Install(GatewayOptions options, IEnumerable<string> words)
    {
        WindowsCheckList.Require(WindowsReader.Read(options));
        new ServiceInstaller(new ServiceDatabase()).Install(WorkerProgram.Own(), options, words);
    }

    /// <inheritdoc/>
    public void Remove() => new ServiceInstaller(new ServiceDatabase()).Remove();

    /// <inheritdoc/>
    public int RunAsService(Func<GatewayOptions> options) => ServiceProcess.Run(service =>
    {
        using var output = new BackgroundLog(new EventLogOutput(EventSource.Write));
        var log = new EventLog(output);
        try
        {
            return Supervise(options(), log, service, service.PostStops, isService: true);
        }
        catch (Exception failure)
        {
            // Nobody else would hear of it.
            log.Say($"WARNING: the service ends: {failure.Message}");
            return failure is BadInputException ? ExitCode.BadInput : ExitCode.Failure;
        }
    });

    private static int Supervise(GatewayOptions options, EventLog log, IServiceManager manager, Func<IMailbox, IDisposable> signals, bool isService)
    {
        WindowsSituation situation = WindowsReader.Read(options);
        WindowsCheckList.Require(situation);
        options = GatewayChoice.Decide(situation.Options, situation.Nat);
        using SingleInstance instance = SingleInstance.Take();
        using var job = new WorkerJob();
        WorkerProgram program = WorkerProgram.Own();
        IRules rules = options is { Translator: TranslatorKind.Relay, DryRun: false } ? new FirewallRule(program.Path, FirewallRule.Netsh) : new NoFirewallRule();
        IReadOnlyList<string> arguments = [.. WorkerCommand.Arguments(options, []), .. WindowsWorkerLink.Arguments(isService, situation.NatName)];
        using var host = new ChildWorkerHost(program, arguments, job.Adopt, signals);
        return new Supervisor(rules, host, log.Say) { Service = manager, DrainTime = LongestEnd, Doing = options.DryRun ? "rehearsing" : "helping" }.Run();
    }
}
