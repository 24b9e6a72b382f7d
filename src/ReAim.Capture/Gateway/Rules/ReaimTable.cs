using System.Text;
using ReAim.Alg;
using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Capture.Diverters.Replay;

namespace ReAim.Capture.Gateway.Rules;

/// <summary>The text of our nftables table. All of it is constant: what changes at run time are elements of its sets.</summary>
/// <remarks>
/// <code>
///  prerouting, nat      mapped    a peer's connect to a public end of ours → the LAN host; a neighbour's only if he was told no other way
///  output, nat          mapped_here  the same for a client on this gateway
///  forward, mangle - 1  select    LAN → WAN connections that may be OSCAR → watch
///                       watch     those whose source is where it says → connection mark "watched"
///           mangle + 1  divert    nft flavour: packets of marked connections → the queue; else iptables does that
///           mangle + 2            table reaim_guard: <see cref="Guard.GuardTable"/>
///           mangle + 3  save      what the verdict said of the connection → its mark; our bits leave the packet
///  postrouting, nat     hairpin   a connect from the LAN that <c>mapped</c> sent back to the LAN → from the gateway
/// </code>
/// Queue and save follow each other where nobody else's chains usually are: one between them could take the verdict off the packet.
/// Every connection that is not ours costs the forward hook three or four rules, one that is done three.
/// </remarks>
internal sealed class ReaimTable
{
    /// <summary>Its name; its family is ip.</summary>
    public const string Name = "reaim";

    /// <summary>The chain that puts packets into the queue.</summary>
    public const string DivertChain = "divert";

    /// <summary>The chain that chooses connections.</summary>
    public const string SelectChain = "select";

    /// <summary>SYNs of peers a second, answers included, that the queue gets: far more than clients make, far fewer than it carries.</summary>
    private const int MostConnects = 2_000;

    /// <summary>How long a server that was learnt stays watched after a connection to it began.</summary>
    private const string UsedServers = "12h";

    private static readonly FlowStanding[] s_diverted = [FlowStanding.Watched, FlowStanding.Verified];
    private static readonly FlowStanding[] s_asked = [FlowStanding.Translated, FlowStanding.Peer];
    private static readonly FlowStanding[] s_saved = [FlowStanding.Done, .. s_diverted, .. s_asked];

    private readonly GatewayOptions _options;
    private readonly QueueFlavour _flavour;
    private readonly MarkLayout _marks;
    private readonly string _lan;
    private readonly string _wan;
    private readonly StringBuilder _text = new();

    private ReaimTable(GatewayOptions options, QueueFlavour flavour)
    {
        (_options, _flavour, _marks) = (options, flavour, options.Marks);
        _lan = NftText.Interfaces(options.Lan);
        _wan = NftText.Interfaces(options.Wan);
    }

    /// <summary>One transaction for <c>nft -f -</c>: whatever was there of ours goes, and the table comes.</summary>
    /// <param name="options">Interfaces, ports, servers, marks, mode.</param>
    /// <param name="flavour">Who queues: <see cref="QueueFlavour.Nft"/> or <see cref="QueueFlavour.Iptables"/>.</param>
    /// <exception cref="BadInputException">A name is none of an interface.</exception>
    public static string Text(GatewayOptions options, QueueFlavour flavour) => new ReaimTable(options, flavour).Write();

    /// <summary>A transaction that removes the table, be it there or not.</summary>
    public static string Removal => $"table ip {Name}\ndelete table ip {Name}\n";

    /// <summary>A transaction after which no packet is queued by us; mappings stay.</summary>
    /// <param name="flavour">Who queues.</param>
    public static string Stop(QueueFlavour flavour) =>
        flavour == QueueFlavour.Nft
            ? $"flush chain ip {Name} {DivertChain}\nflush chain ip {Name} {SelectChain}\n"
            : $"flush chain ip {Name} {SelectChain}\n";

    private bool HasMappings => !_options.DryRun && !_options.Relays;

    private string Write()
    {
        bool diverts = !_options.ListensOnly;
        _text.Append(Removal).Append("table ip ").Append(Name).Append(" {\n");
        if (diverts)
        {
            WriteServers();
        }

        if (HasMappings)
        {
            WriteMappings();
        }

        if (diverts)
        {
            WriteSelect();
            if (_flavour == QueueFlavour.Nft)
            {
                WriteDivert();
            }

            WriteSave();
        }

        return _text.Append("}\n").ToString();
    }

    private void WriteServers()
    {
        Line(1, "counter watched { }");
        Line(1, "counter forged { }");
        Line(1, "counter queued { }");
        Line(1, "set servers { type ipv4_addr . inet_service; flags dynamic, timeout; size 4096; }");
        WriteNetworks("lan_nets", LanSources.With(_options.LanNets));
        if (_options.Servers.Count > 0)
        {
            WriteNetworks("trusted", _options.Servers);
        }
    }

    private void WriteNetworks(string name, IReadOnlyList<Ipv4Network> networks) => Line(1,
        $"set {name} {{ type ipv4_addr; flags interval; auto-merge; elements = {{ {string.Join(", ", networks.Select(Network).Distinct())} }}; }}");

    private void WriteMappings()
    {
        Line(1, "counter connects { }");
        Line(1, "counter flooded { }");
        Line(1, "set public_ends { type ipv4_addr . inet_service; flags timeout; size 1024; }");
        Line(1, "map mappings { type ipv4_addr . inet_service : ipv4_addr . inet_service; flags timeout; size 1024; }");
        Line(1, "set inside_told { type ipv4_addr . inet_service; flags timeout; size 1024; }");
        // A neighbour that was told the inside end too would reach one listener twice. While we only listen it may not be known yet what he
        // was told: he asks again.
        const string Told = "ip protocol tcp fib daddr type local ip daddr . tcp dport @inside_told";
        const string Open = "ip protocol tcp fib daddr type local ip daddr . tcp dport @public_ends counter name \"connects\"";
        const string Translate = "dnat ip to ip daddr . tcp dport map @mappings";
        string inside = $"iifname {_lan} {Told} {(_options.ListensOnly ? "drop" : "return")}";
        // After the administrator's own translations: theirs win. Only what is for this machine: a public end in transit is not ours.
        Chain("mapped", "type nat hook prerouting priority dstnat + 1; policy accept;",
            inside,
            $"{Open} {SetConnection(FlowStanding.Peer)} {Translate}");
        // A client on the gateway itself has no prerouting. Its packets do not come to the forward hook either.
        Chain("mapped_here", "type nat hook output priority -99; policy accept;",
            $"{Told} return",
            $"{Open} {Translate}");
        // Without it the LAN host would answer its neighbour directly, from an address the neighbour did not connect to.
        Chain("hairpin", "type nat hook postrouting priority srcnat - 1; policy accept;",
            $"iifname {_lan} oifname {_lan} ct status dnat {ConnectionIs(FlowStanding.Peer)} masquerade");
    }

    private void WriteSelect()
    {
        string way = $"iifname {_lan} oifname {_wan}";
        string trusted = _options.Servers.Count > 0 ? " ip daddr @trusted" : "";
        // Of any port only new ones: nobody could say what the others are.
        string which = _options.Ports.Count > 0
            ? $"tcp dport {NftText.Ports(_options.Ports)} ct state {{ new, established }}"
            : "ct state new";
        // A mapping will lead to the source: it counts only if packets to it leave by the interface that this one came from. Who forges
        // the address of a host elsewhere, or of the Internet, is not helped; his packets go on.
        Chain("watch", null,
            "ip saddr != @lan_nets counter name \"forged\" return",
            "fib saddr . iif oif missing counter name \"forged\" return",
            $"counter name \"watched\" {SetConnection(FlowStanding.Watched)}");
        if (HasMappings)
        {
            // A flood must leave room in the queue for what completes a handshake. Its SYNs may go on unasked: what would follow them may not.
            Chain("known", null,
                $"ct mark & {NftText.Hex(_marks.StandingMask)} != {NftText.Hex(_marks.Of(FlowStanding.Peer))} return",
                $"ct state new tcp flags & (fin | syn | rst | ack) != syn limit rate over {MostConnects}/second burst {MostConnects} packets counter name \"flooded\" drop",
                $"tcp flags & syn != 0 limit rate over {MostConnects}/second burst {MostConnects} packets counter name \"flooded\" {SetPacket(_marks.Passed)}");
        }

        Chain(SelectChain, "type filter hook forward priority mangle - 1; policy accept;",
            "ip protocol != tcp return",
            // What a helper of the kernel's expected has the mark of the connection that announced it, and is not ours.
            $"ct status expected {SetConnection(FlowStanding.None)} return",
            HasMappings ? $"ct mark & {NftText.Hex(_marks.StandingMask)} != 0 goto known" : $"ct mark & {NftText.Hex(_marks.StandingMask)} != 0 return",
            $"{way}{trusted} {which} goto watch",
            // A client that has lost its connection comes back to its server without being told anew.
            $"{way} ip daddr . tcp dport @servers ct state {{ new, established }} update @servers {{ ip daddr . tcp dport timeout {UsedServers} }} goto watch");
    }

    private void WriteDivert() =>
        Chain(DivertChain, "type filter hook forward priority mangle + 1; policy accept;",
        [
            $"ct mark & {NftText.Hex(_marks.Divert)} == 0 return",
            .. HasMappings ? [$"meta mark & {NftText.Hex(_marks.Passed)} != 0 return"] : (string[])[],
            // Errors about such a connection carry its mark, stray segments its ports: neither is for the queue.
            "ip protocol != tcp return",
            "ct state != { new, established } return",
            // With nobody there these are dropped: their numbers would be wrong, and nobody could say whether that peer may come in. A worker
            // may have left them that helped other protocols.
            .. s_asked.Select(standing => $"{ConnectionIs(standing)} {SetPacket(_marks.Of(standing))} queue to {QueueNumbers.Closed(_options.Queue)}"),
            .. s_diverted.Select(standing => $"{ConnectionIs(standing)} {SetPacket(_marks.Of(standing))}"),
            $"queue flags bypass to {_options.Queue}",
        ]);

    private void WriteSave()
    {
        Chain("save", "type filter hook forward priority mangle + 3; policy accept;",
        [
            // What was never ours, or is done, goes on after one rule.
            $"ct mark & {NftText.Hex(_marks.Divert)} == 0 meta mark & {NftText.Hex(_marks.Mask)} == 0 return",
            // A mark of others that happens to have our bits stays: only connections of ours go on.
            $"ct mark & {NftText.Hex(_marks.StandingMask)} == 0 return",
            $"meta mark & {NftText.Hex(_marks.Mask)} == 0 return",
            $"meta mark & {NftText.Hex(_marks.Passed)} != 0 counter name \"queued\"",
            $"meta mark & {NftText.Hex(_marks.Mask)} == {NftText.Hex(_marks.Passed | _marks.Of(FlowStanding.Lost))} reject with tcp reset",
            .. s_saved.Select(standing =>
                $"meta mark & {NftText.Hex(_marks.Mask)} == {NftText.Hex(_marks.Passed | _marks.Of(standing))} {SetConnection(standing)}"),
            SetPacket(0),
        ]);
    }

    private string ConnectionIs(FlowStanding standing) =>
        $"ct mark & {NftText.Hex(_marks.StandingMask)} == {NftText.Hex(_marks.Of(standing))}";

    private string SetConnection(FlowStanding standing) => standing == FlowStanding.None
        ? $"ct mark set ct mark & {NftText.Hex(~_marks.StandingMask)}"
        : $"ct mark set ct mark & {NftText.Hex(~_marks.StandingMask)} | {NftText.Hex(_marks.Of(standing))}";

    private string SetPacket(uint bits) => bits == 0
        ? $"meta mark set meta mark & {NftText.Hex(~_marks.Mask)}"
        : $"meta mark set meta mark & {NftText.Hex(~_marks.Mask)} | {NftText.Hex(bits)}";

    private static string Network(Ipv4Network network) => network.Length == 32 ? network.Address.ToString() : network.ToString();

    private void Chain(string name, string? hook, params string[] rules)
    {
        Line(1, $"chain {name} {{");
        if (hook is not null)
        {
            Line(2, hook);
        }

        foreach (string rule in rules)
        {
            Line(2, rule);
        }

        Line(1, "}");
    }

    private void Line(int depth, string text) => _text.Append(' ', 2 * depth).Append(text).Append('\n');
}
