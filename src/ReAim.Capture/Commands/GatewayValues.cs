using System.Globalization;
using ReAim.Alg;
using ReAim.Alg.Wire;
using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;

namespace ReAim.Capture.Commands;

/// <summary>The values of gateway options as people write them. Each throws <see cref="BadInputException"/> for anything else.</summary>
internal static class GatewayValues
{
    /// <summary>The value of <c>--port</c> for all ports.</summary>
    public const string AnyPort = "any";

    /// <summary>The value of <c>--deny-port</c> for no port.</summary>
    public const string NoPort = "none";

    /// <summary>The value of <c>--mode</c> in which offers are rewritten.</summary>
    public const string Divert = "divert";

    /// <summary>The value of <c>--mode</c> in which no packet is touched.</summary>
    public const string Listen = "listen";

    // Ports below are for services (RFC 6335 6); the engine refuses them.
    private const int FirstUsablePort = 1024;

    /// <summary>Names of interfaces, each once.</summary>
    /// <param name="option">The option.</param>
    /// <param name="names">What was written.</param>
    /// <param name="isWindows">True where names are what people like; whether one exists is seen later.</param>
    public static IReadOnlyList<string> Interfaces(string option, string[] names, bool isWindows) => [.. names.Distinct().Select(name =>
        isWindows ? (name.Length > 0 && !name.Any(char.IsControl) ? name
            : throw new BadInputException($"{option} \"{name}\" is not the name of a network interface: write it like \"Ethernet 2\"; Get-NetAdapter lists them."))
        : InterfaceName.IsValid(name) ? name
        : throw new BadInputException($"{option} {name} is not the name of a network interface: write it like eth0; ip link lists them."))];

    /// <summary>Names of protocols, each once, also several with commas between.</summary>
    public static IReadOnlyList<ProtocolDescriptor> Protocols(string[] names) => [.. names.SelectMany(text => text.Split(',')).Select(Protocol).Distinct()];

    /// <summary>A host's address.</summary>
    public static Ipv4Address Public(string text) => Ipv4Address.TryParse(text, out Ipv4Address address) && address.IsUnicast
        ? address
        : throw new BadInputException($"--public {text} is not a host's IPv4 address: write the gateway's public address, such as 203.0.113.7.");

    /// <summary>Ports, each once; empty for "any".</summary>
    public static IReadOnlyList<ushort> Ports(string[] texts)
    {
        if (texts.Contains(AnyPort))
        {
            return texts.Length == 1 ? [] : throw new BadInputException($"--port {AnyPort} stands for every port: give it alone, or name ports.");
        }

        return [.. texts.Select(Port).Distinct()];
    }

    /// <summary>Networks, each once.</summary>
    public static IReadOnlyList<Ipv4Network> LanNets(string[] texts) => [.. texts.Select(text => Ipv4Network.TryParse(text, out Ipv4Network network) && network.Length > 0
        ? network
        : throw new BadInputException($"--lan-net {text} is not an IPv4 network of the LAN: write it like 203.0.113.0/24.")).Distinct()];

    /// <summary>Ports and ranges of ports, each port once; empty for "none".</summary>
    public static IReadOnlyList<ushort> DeniedPorts(string[] texts)
    {
        if (texts.Contains(NoPort))
        {
            return texts.Length == 1 ? [] : throw new BadInputException($"--deny-port {NoPort} stands for no port: give it alone, or name ports.");
        }

        return [.. texts.SelectMany(text => text.Split(',')).SelectMany(text => PortRange.TryParse(text, out PortRange range)
            ? range.All
            : throw new BadInputException($"--deny-port {text} is not a port: write numbers, or ranges such as 5900-5910, or {NoPort}.")).Distinct()];
    }

    /// <summary>LAN hosts with or without ports.</summary>
    public static IReadOnlyList<AllowedHost> AllowedHosts(string[] texts) => [.. texts.SelectMany(text => AllowedHost.TryParse(text, out IReadOnlyList<AllowedHost> hosts)
        ? hosts
        : throw new BadInputException($"--allow-host {text} is not a LAN host: write it like 192.168.7.10, 192.168.7.0/24 or 192.168.7.10:5190,6000-6010.")).Distinct()];

    /// <summary>"divert" or "listen".</summary>
    /// <returns>True for the latter.</returns>
    public static bool ListensOnly(string text) => text switch
    {
        Divert => false,
        Listen => true,
        _ => throw new BadInputException($"--mode {text} is unknown: write {Divert} or {Listen}."),
    };

    /// <summary>"auto" or "relay"; "nftables" on Linux, "winnat" or "userspace" on Windows.</summary>
    public static TranslatorKind Translator(string text, bool isWindows)
    {
        TranslatorKind translator = Choice("--translator", text, Enum.GetValues<TranslatorKind>(), Text);
        return (translator, isWindows) switch
        {
            (TranslatorKind.Nftables, true) => throw new BadInputException($"--translator {text} is for Linux: write auto, winnat, relay or userspace."),
            (TranslatorKind.WinNat or TranslatorKind.Userspace, false) => throw new BadInputException($"--translator {text} is for Windows: write auto, nftables or relay."),
            _ => translator,
        };
    }

    /// <summary>The reverse of <see cref="Translator(string, bool)"/>.</summary>
    public static string Text(TranslatorKind translator) => translator switch
    {
        TranslatorKind.Nftables => "nftables",
        TranslatorKind.WinNat => "winnat",
        TranslatorKind.Relay => "relay",
        TranslatorKind.Userspace => "userspace",
        _ => "auto",
    };

    /// <summary>"auto", "beside-nat" or "router".</summary>
    public static Placement Placement(string text) => Choice("--placement", text, Enum.GetValues<Placement>(), Text);

    /// <summary>The reverse of <see cref="Placement(string)"/>.</summary>
    public static string Text(Placement placement) => placement switch
    {
        Gateway.Placement.BesideNat => "beside-nat",
        Gateway.Placement.Router => "router",
        _ => "auto",
    };

    /// <summary>A queue's number.</summary>
    public static ushort Queue(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort queue) && queue <= QueueNumbers.Last
        ? queue
        : throw new BadInputException($"--queue {text} is not a queue's number with another one behind it: write one from 0 to {QueueNumbers.Last}.");

    /// <summary>"auto", "nft" or "iptables".</summary>
    public static QueueFlavour Flavour(string text) => Choice("--flavour", text, [QueueFlavour.Auto, QueueFlavour.Nft, QueueFlavour.Iptables], Text);

    /// <summary>The reverse of <see cref="Flavour"/>.</summary>
    public static string Text(QueueFlavour flavour) => flavour switch
    {
        QueueFlavour.Nft => "nft",
        QueueFlavour.Iptables => "iptables",
        _ => "auto",
    };

    /// <summary>A range of ports such as 61000-61999.</summary>
    public static (ushort First, ushort Last) Pool(string text)
    {
        string[] ends = text.Split('-');
        if (ends.Length != 2 || !TryPort(ends[0], out ushort first) || !TryPort(ends[1], out ushort last) || first > last)
        {
            throw new BadInputException($"--pool {text} is not a range of ports: write it like 61000-61999.");
        }

        return first >= FirstUsablePort
            ? (first, last)
            : throw new BadInputException($"--pool {text} begins with ports that are for services: begin at {FirstUsablePort} or above.");
    }

    /// <summary>A size such as 64M: bytes, or with K, M or G 1024 times as many each.</summary>
    public static long Size(string option, string text)
    {
        int shift = text.Length == 0 ? 0 : text[^1] switch { 'K' or 'k' => 10, 'M' or 'm' => 20, 'G' or 'g' => 30, _ => 0 };
        ReadOnlySpan<char> digits = shift == 0 ? text : text.AsSpan(0, text.Length - 1);
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number > 0
            && number <= long.MaxValue >> shift
            ? number << shift
            : throw new BadInputException($"{option} {text} is not a size: write bytes, or a number with K, M or G such as 64M.");
    }

    private static T Choice<T>(string option, string text, T[] values, Func<T, string> write)
    {
        int index = Array.FindIndex(values, value => write(value) == text);
        return index >= 0
            ? values[index]
            : throw new BadInputException($"{option} {text} is unknown: write {string.Join(", ", values[..^1].Select(write))} or {write(values[^1])}.");
    }

    private static ProtocolDescriptor Protocol(string name) =>
        ProtocolTable.All.FirstOrDefault(protocol => protocol.Name == name)
        ?? throw new BadInputException($"--protocol {name} is unknown: write {string.Join(", ", ProtocolTable.All.Select(protocol => protocol.Name))}.");

    private static ushort Port(string text) => TryPort(text, out ushort port)
        ? port
        : throw new BadInputException($"--port {text} is not a port: write numbers from 1 to 65535, or {AnyPort}.");

    private static bool TryPort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;
}
