using Microsoft.Win32.SafeHandles;
using ReAim.Alg;
using ReAim.Alg.Translation;
using ReAim.Capture.Commands;
using ReAim.Capture.Diverters.Listen;
using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Gateway.Guard;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Linux;
using ReAim.Capture.Monitoring;
using ReAim.Capture.Translators.Nftables;
using ReAim.Capture.Translators.Relay;

namespace ReAim.Capture.Gateway;

/// <summary>Puts a worker together, runs it, and takes it apart.</summary>
internal static class WorkerMain
{
    /// <summary>
    /// The ports a killed worker had open stay its own until their lease ends: the next one, whose process number is larger by a
    /// little, begins so far from there.
    /// </summary>
    private const int PoolStride = 101;

    /// <summary>Runs until the supervisor says to end, or is gone.</summary>
    /// <param name="options">What the person asked for.</param>
    /// <param name="link">What the supervisor gave.</param>
    /// <param name="reserved">Public ports that belong to the administrator.</param>
    /// <param name="log">Where sentences go.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="BadInputException">It cannot work here.</exception>
    public static int Run(GatewayOptions options, WorkerLink link, IReadOnlyCollection<ushort> reserved, EventLog log)
    {
        Rehearsal.Run(options);
        log.Prefix = options.DryRun ? "dry run: " : "";
        using WorkerChannel channel = WorkerChannel.Open(link.Ticks);
        using var status = new StatusListener(link.Status, log.Say);
        using PacketRecorder? recorder = link.Record is { } file ? PacketRecorder.OfFile(file, options.RecordLimit, log.Say) : null;
        var reservedPorts = new HashSet<ushort>(reserved);
        ILengthGuard? guard = link.Guard is { } line ? new GuardLine(new SafeFileHandle(line, ownsHandle: true)) : options.NeedsGuard ? new NoGuard() : null;
        var engine = new Engine(EngineOptionsFor(options, reservedPorts) with { Guard = guard });
        using var wake = new WakePipe();
        var servers = new ListenedServers();
        using ITranslator translator = OpenTranslator(options, servers, wake.Wake, log);
        using ConnectionTable? table = options is { NeedsNoRules: true, Public: not null } ? ConnectionTable.TryOpen(log, options.ListensOnly) : ConnectionTable.Open(log, options.ListensOnly);
        var addresses = new PublicAddresses(options.Public, (IConnectionTable?)table ?? new PresumedTranslation(options.Public!.Value), log);
        var effects = new EffectRunner(engine, translator, addresses, new ServerNames(wake.Wake), log) { IsDryRun = options.DryRun };
        var lan = new LanDevices(options.Lan);
        var machine = new MachineWatch(options.Wan, LocalListeners.Read, lan.Refresh, reserved, reservedPorts, translator, log) { Reserved = engine.CloseReservedPorts };
        NfqueueDiverter? queue = options.ListensOnly ? null : OpenQueue(options, link, engine, effects, lan, recorder, log);
        using IDiverter diverter = (IDiverter?)queue ?? new ListenDiverter(engine, effects, CaptureLibrary.Libpcap, options, LanNetworks.OfInterfaces(options.Lan), servers, recorder, wake.Wake);
        var events = new PolledEvents(queue?.Descriptor ?? PolledEvents.None, status.Descriptor, wake);
        OfferMemory? memory = link.Offers is { } place ? new OfferMemory(new SafeFileHandle(place, ownsHandle: true)) : null;
        int taken = memory?.Restore(engine, GatewayClock.Now) ?? 0;
        if (taken > 0)
        {
            log.Say(taken == 1 ? "1 offer of the worker before this one stays open." : $"{taken} offers of the worker before this one stay open.");
        }

        var snapshots = new StatusTaker(options, link.History, engine, addresses, diverter, translator);
        Rehearsal.Tell(snapshots.Take);
        new Worker(engine, diverter, effects, translator, events, machine, channel, status, snapshots.Take, recorder) { Offers = memory }.Run();
        return ExitCode.Success;
    }

    private static ITranslator OpenTranslator(GatewayOptions options, ListenedServers servers, Action wake, EventLog log)
    {
        // Who only listens has nothing diverted, and who only says what it would do watches all servers all the same.
        bool hasTable = options.DryRun ? !options.ListensOnly : !options.NeedsNoRules;
        ITranslator? table = hasTable ? new NftablesTranslator(NftablesLeases.Open(log), wake, log) : null;
        ITranslator mappings = options.DryRun ? new DryRunTranslator(table) { PeerPath = options.Relays ? PeerPath.Relay : PeerPath.ForwardRules }
            : options.Relays ? new RelayTranslator(table ?? new DryRunTranslator(), wake, new RelayOptions { Lan = options.Lan })
            : table!;
        return options.ListensOnly ? new ListeningTranslator(mappings, servers) : mappings;
    }

    /// <summary>How the engine is to work.</summary>
    /// <param name="options">What the person asked for.</param>
    /// <param name="reserved">Public ports that belong to somebody else, kept up to date.</param>
    internal static EngineOptions EngineOptionsFor(GatewayOptions options, IReadOnlySet<ushort> reserved) => new()
    {
        // A connect to an address of another router is turned back there, if at all.
        Hairpins = options.Public is null,
        ListensOnly = options.ListensOnly,
        Protocols = options.Protocols,
        IsTracked = true,

        // Connections' marks outlive the engine; copies of packets have none.
        KeepsStandings = !options.ListensOnly,

        // Where any port is watched there is nothing to wait for; where only named servers are, a new one must be added first.
        AnswersServers = options.Ports.Count > 0,
        WatchedPorts = options.Servers.Count == 0 ? options.Ports.ToHashSet() : [],
        RemapsIcqListeners = options.IcqAnyPort,
        Access = new PortAccess { Denied = options.DeniedPorts.ToHashSet(), Allowed = [.. options.AllowedHosts.Select(host => host.Ends)] },
        FirstPoolPort = options.Pool.First,
        LastPoolPort = options.Pool.Last,
        PoolOffset = Environment.ProcessId * PoolStride,
        ReservedPorts = reserved,
    };

    private static NfqueueDiverter OpenQueue(
        GatewayOptions options, WorkerLink link, Engine engine, EffectRunner effects, LanDevices lan, PacketRecorder? recorder, EventLog log)
    {
        PacketQueue? queue = null;
        QueueOpening opening = default;
        // The worker before this one may hold it for an instant more.
        for (int tries = 0; tries < 20 && queue is null; tries++)
        {
            opening = PacketQueue.TryOpen(new QueueOptions(options.Queue, QueueNumbers.Closed(options.Queue)), out queue, out _);
            if (opening != QueueOpening.Taken)
            {
                break;
            }

            Thread.Sleep(10);
        }

        if (queue is null)
        {
            throw new BadInputException(opening switch
            {
                QueueOpening.Taken => $"one of the netfilter queues {options.Queue} and {QueueNumbers.Closed(options.Queue)} is used by another program: choose another number with --queue.",
                QueueOpening.NotSupported => "this kernel has no NFQUEUE (nfnetlink_queue): load or build it, or use --mode listen.",
                QueueOpening.NotPermitted => "binding a netfilter queue takes CAP_NET_ADMIN: run as root.",
                _ => $"the netfilter queues {options.Queue} and {QueueNumbers.Closed(options.Queue)} could not be bound.",
            });
        }

        bool repeats = options.Flavour == QueueFlavour.Iptables;
        SafeFileHandle? counters = link.QueueCounters is { } file ? new SafeFileHandle(file, ownsHandle: true) : null;
        var how = new DiverterOptions(options.Queue, options.Marks, repeats, options.Pinhole, options.DryRun, counters);
        return new NfqueueDiverter(queue, engine, effects, lan, how, recorder, options.ChangesLengths ? RawSender.TryOpen() : null, log.Say);
    }
}
