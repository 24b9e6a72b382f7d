using System.CommandLine;
using System.Globalization;
using ReAim.Alg;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Commands;

/// <summary>The options of the verbs that work on a live gateway: all have the same ones.</summary>
/// <param name="isWindows">True for a gateway that is Windows: some options are for one system only.</param>
internal sealed class GatewayCommandOptions(bool isWindows)
{
    private readonly Option<string[]> _lan = Several(
        "--lan", "IFACE", "The interfaces behind which the AIM clients are.", required: true);
    private readonly Option<string[]> _wan = Several("--wan", "IFACE", "The interfaces to the Internet.", required: true);
    private readonly Option<string[]> _lanNet = Several(
        "--lan-net", "CIDR", "Networks of the LAN that have addresses of the Internet; private ones, and those of the interfaces, need not be named.");
    private readonly Option<string?> _public = One(
        "--public", "ADDRESS", "The address that offers get; by default the one a connection has beyond the gateway.");
    private readonly Option<string[]> _protocol = Several(
        "--protocol", string.Join('|', ProtocolTable.All.Select(protocol => protocol.Name)), "Help these protocols; by default oscar.");
    private readonly Option<string[]> _server = Several("--server", "CIDR|HOST", "Trust these servers only; by default any.");
    private readonly Option<string[]> _port = Several("--port", "PORT|any", "Watch connections to these server ports; by default the protocols' own, as 5190 for oscar.");
    private readonly Option<bool> _pinhole = new("--pinhole")
    {
        Description = "Let peers in past the rest of the forward rules, explicit drops included.",
    };
    private readonly Option<string?> _mode = One(
        "--mode", "divert|listen", "Rewrite offers (divert), or only open ports and touch no packet (listen).");
    private readonly Option<string?> _translator = One(
        "--translator", "auto|nftables|winnat|relay|userspace", "Who lets peers in: the system's NAT, or listeners here (relay); by default what suits the system.");
    private readonly Option<string?> _placement = One(
        "--placement", "auto|beside-nat|router", "Windows: divert beside its own NAT, or on a router without one; by default what check finds.");
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Rewrite nothing and open nothing; say what would be done." };
    private readonly Option<string?> _markMask = One(
        "--mark-mask", "MASK", $"The four neighbouring mark bits to use; by default 0x{MarkLayout.DefaultMask:X8}.");
    private readonly Option<string?> _queue = One("--queue", "NUMBER", "The netfilter queue to use; by default 5190.");
    private readonly Option<string?> _flavour = One(
        "--flavour", "auto|nft|iptables", "How packets get into the queue; by default what the kernel can.");
    private readonly Option<string?> _pool = One(
        "--pool", "FIRST-LAST", "Public ports to use when the client's own is taken; by default 61000-61999.");
    private readonly Option<string[]> _denyPort = Several(
        "--deny-port", "PORT|none", "Open these ports of LAN hosts for nobody; by default those of well-known services, such as 3389 and 8080.");
    private readonly Option<string[]> _allowHost = Several(
        "--allow-host", "CIDR[:PORTS]", "Open ports of these LAN hosts only; with ports, only these. By default any host's.");
    private readonly Option<bool> _icqAnyPort = new("--icq-any-port")
    {
        Description = "Give an ICQ listener whose port is taken another one: messages reach it, files may not.",
    };
    private readonly Option<string?> _record = One("--record", "FILE", "Record diverted packets, before and after, as pcapng.");
    private readonly Option<string?> _recordLimit = One("--record-limit", "SIZE", "How large the recording may become; by default 64M.");

    /// <summary>The options on the system that this is.</summary>
    public GatewayCommandOptions()
        : this(OperatingSystem.IsWindows())
    {
    }

    /// <summary>Gives a verb all of them.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)
                 [
                     _lan, _wan, _lanNet, _public, _protocol, _server, _port, _pinhole, _mode, _translator, _placement, _dryRun, _markMask, _queue, _flavour, _pool, _denyPort, _allowHost, _icqAnyPort, _record,
                     _recordLimit,
                 ])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads them. Names of servers are resolved; nothing else of the world is looked at.</summary>
    /// <exception cref="BadInputException">One of them cannot be what it is, or does not go with another.</exception>
    public GatewayOptions Read(ParseResult result)
    {
        MissingValues.Refuse(result);
        RefuseForeignOptions(result);
        IReadOnlyList<ProtocolDescriptor> protocols = result.GetValue(_protocol) is { Length: > 0 } names ? GatewayValues.Protocols(names) : ProtocolTable.Default;
        string[] lan = result.GetRequiredValue(_lan), wan = result.GetRequiredValue(_wan);
        var options = new GatewayOptions
        {
            Lan = GatewayValues.Interfaces("--lan", lan, isWindows),
            Wan = GatewayValues.Interfaces("--wan", wan, isWindows),
            Pinhole = result.GetValue(_pinhole),
            DryRun = result.GetValue(_dryRun),
            IcqAnyPort = result.GetValue(_icqAnyPort),
            Record = result.GetValue(_record),
        };
        options = options with
        {
            Public = result.GetValue(_public) is { } address ? GatewayValues.Public(address) : null,
            LanNets = result.GetValue(_lanNet) is { Length: > 0 } networks ? GatewayValues.LanNets(networks) : [],
            Protocols = protocols,
            Ports = result.GetValue(_port) is { Length: > 0 } ports ? GatewayValues.Ports(ports) : [.. protocols.Select(protocol => protocol.DefaultPort)],
            ListensOnly = result.GetValue(_mode) is { } mode && GatewayValues.ListensOnly(mode),
            Translator = result.GetValue(_translator) is { } translator ? GatewayValues.Translator(translator, isWindows) : options.Translator,
            Placement = result.GetValue(_placement) is { } placement ? GatewayValues.Placement(placement) : options.Placement,
            Marks = result.GetValue(_markMask) is { } mask ? MarkLayout.Parse(mask) : options.Marks,
            Queue = result.GetValue(_queue) is { } queue ? GatewayValues.Queue(queue) : options.Queue,
            Flavour = result.GetValue(_flavour) is { } flavour ? GatewayValues.Flavour(flavour) : options.Flavour,
            Pool = result.GetValue(_pool) is { } pool ? GatewayValues.Pool(pool) : options.Pool,
            DeniedPorts = result.GetValue(_denyPort) is { Length: > 0 } denied ? GatewayValues.DeniedPorts(denied) : options.DeniedPorts,
            AllowedHosts = result.GetValue(_allowHost) is { Length: > 0 } allowed ? GatewayValues.AllowedHosts(allowed) : [],
            RecordLimit = result.GetValue(_recordLimit) is { } limit ? GatewayValues.Size("--record-limit", limit) : options.RecordLimit,
        };
        RefuseContradictions(options);
        RefuseForeignProtocols(options);
        // Last, because it asks the network.
        return result.GetValue(_server) is { Length: > 0 } servers
            ? options with { Servers = ServerNetworks.Resolve(servers) }
            : options;
    }

    /// <summary>The reverse of <see cref="Read"/>: arguments for another process, as if a person had given everything.</summary>
    public static IReadOnlyList<string> ToArguments(GatewayOptions options) => ToArguments(options, OperatingSystem.IsWindows());

    /// <summary>The same for a given system.</summary>
    internal static IReadOnlyList<string> ToArguments(GatewayOptions options, bool isWindows)
    {
        List<string> arguments =
        [
            "--lan", .. options.Lan,
            "--wan", .. options.Wan,
            "--protocol", .. options.Protocols.Select(protocol => protocol.Name),
            "--port", .. options.Ports.Count > 0 ? options.Ports.Select(Text) : [GatewayValues.AnyPort],
            "--mode", options.ListensOnly ? GatewayValues.Listen : GatewayValues.Divert,
            "--translator", GatewayValues.Text(options.Translator),
            .. isWindows
                ? (string[])["--placement", GatewayValues.Text(options.Placement)]
                : ["--mark-mask", $"0x{options.Marks.Mask:X8}", "--queue", Text(options.Queue), "--flavour", GatewayValues.Text(options.Flavour)],
            "--pool", $"{Text(options.Pool.First)}-{Text(options.Pool.Last)}",
            .. options.LanNets.Count > 0 ? ["--lan-net", .. options.LanNets.Select(network => network.ToString())] : (string[])[],
            "--deny-port", .. options.DeniedPorts.Count > 0 ? PortList.Format(options.DeniedPorts).Split(',') : [GatewayValues.NoPort],
            .. options.AllowedHosts.Count > 0 ? ["--allow-host", .. options.AllowedHosts.Select(host => host.ToString())] : (string[])[],
            "--record-limit", options.RecordLimit.ToString(CultureInfo.InvariantCulture),
        ];
        AddIf(options.Public is not null, "--public", options.Public?.ToString());
        AddIf(options.Record is not null, "--record", options.Record);
        AddIf(options.Pinhole, "--pinhole");
        AddIf(options.DryRun, "--dry-run");
        AddIf(options.IcqAnyPort, "--icq-any-port");
        if (options.Servers.Count > 0)
        {
            arguments.AddRange(["--server", .. options.Servers.Select(network => network.ToString())]);
        }

        return arguments;

        void AddIf(bool isGiven, string name, string? value = null)
        {
            if (isGiven)
            {
                arguments.AddRange(value is null ? [name] : [name, value]);
            }
        }
    }

    private static void RefuseContradictions(GatewayOptions options)
    {
        if (options.Lan.FirstOrDefault(options.Wan.Contains) is { } both)
        {
            throw new BadInputException(
                $"{both} is named with --lan and with --wan: name the interface to the clients and the one to the Internet.");
        }

        if (options is { Pinhole: true, ListensOnly: true })
        {
            throw new BadInputException("--pinhole does not go with --mode listen, which decides about no packet: leave one of them out.");
        }

        if (options is { Pinhole: true, Relays: true })
        {
            throw new BadInputException("--pinhole does not go with --translator relay, whose peers' connects are not forwarded: leave one of them out.");
        }

        if (options is { DryRun: true, ChangesLengths: true })
        {
            string name = options.Protocols.First(protocol => protocol.ChangesLengths).Name;
            throw new BadInputException($"--dry-run does not go with --protocol {name}: what only looks cannot follow a connection whose lengths would change.");
        }
    }

    // Where lengths change a connection must end with its worker, to which on Linux a mark of the connection sees.
    private void RefuseForeignProtocols(GatewayOptions options)
    {
        if (isWindows && options.Protocols.FirstOrDefault(protocol => protocol.ChangesLengths) is { } protocol)
        {
            throw new BadInputException($"--protocol {protocol.Name} is for Linux gateways: write oscar.");
        }
    }

    private void RefuseForeignOptions(ParseResult result)
    {
        Option[] foreign = isWindows ? [_queue, _flavour, _markMask, _pinhole, _lanNet] : [_placement];
        if (foreign.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } option)
        {
            throw new BadInputException($"{option.Name} is for {(isWindows ? "Linux" : "Windows")}: leave it out.");
        }
    }

    private static string Text(ushort number) => number.ToString(CultureInfo.InvariantCulture);

    private static Option<string?> One(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    private static Option<string[]> Several(string name, string value, string description, bool required = false) => new(name)
    {
        Description = description,
        HelpName = value,
        Required = required,
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
    };
}
