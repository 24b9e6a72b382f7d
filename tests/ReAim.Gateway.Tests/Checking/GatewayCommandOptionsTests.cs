using System.CommandLine;
using ReAim.Alg;
using ReAim.Alg.Wire;
using ReAim.Capture;
using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Commands;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Gateway;

namespace ReAim.Gateway.Tests.Checking;

internal sealed class GatewayCommandOptionsTests
{
    [Test]
    public void The_interfaces_alone_are_enough()
    {
        GatewayOptions options = Read("--lan", "lan0", "--wan", "wan0");
        Assert.Multiple(() =>
        {
            Assert.That(options.Lan, Is.EqualTo(new[] { "lan0" }));
            Assert.That(options.Wan, Is.EqualTo(new[] { "wan0" }));
            Assert.That(options.Ports, Is.EqualTo(new ushort[] { 5190 }));
            Assert.That(options.DeniedPorts, Is.SupersetOf(new ushort[] { 3389, 5900, 5985, 8080, 8443, 6379, 445, 3306, 5432, 27017 }));
            Assert.That(options with { Lan = [], Wan = [], Ports = [] }, Is.EqualTo(new GatewayOptions { Lan = [], Wan = [], Ports = [] }));
            Assert.That(options.ChangesLengths, Is.False);
        });
    }

    [Test]
    public void Each_option_is_read()
    {
        GatewayOptions options = Read(
            "--lan", "lan0", "lan1", "--lan", "lan2", "lan0", "--wan", "ppp0", "--public", "203.0.113.7", "--server", "198.51.100.77/24", "192.0.2.1",
            "--port", "5190", "443", "--pinhole", "--mode", "divert", "--dry-run", "--mark-mask", "0xF0", "--queue", "7",
            "--flavour", "iptables", "--pool", "2000-2999", "--record", "a b.pcapng", "--record-limit", "3M",
            "--deny-port", "22", "5900-5902,22", "--allow-host", "192.168.7.99/24", "192.168.8.5:5190,6000-6010", "--lan-net", "203.0.113.9/24", "25.0.0.0/8", "203.0.113.0/24");
        Assert.Multiple(() =>
        {
            Assert.That(options.Lan, Is.EqualTo(new[] { "lan0", "lan1", "lan2" }));
            Assert.That(options.Public, Is.EqualTo(new Ipv4Address(0xCB007107)));
            Assert.That(options.Servers.Select(server => server.ToString()), Is.EqualTo(new[] { "198.51.100.0/24", "192.0.2.1/32" }));
            Assert.That(options.Ports, Is.EqualTo(new ushort[] { 5190, 443 }));
            Assert.That((options.Pinhole, options.ListensOnly, options.DryRun), Is.EqualTo((true, false, true)));
            Assert.That(options.Marks.Mask, Is.EqualTo(0xF0));
            Assert.That((options.Queue, options.Flavour, options.Pool), Is.EqualTo(((ushort)7, QueueFlavour.Iptables, ((ushort)2000, (ushort)2999))));
            Assert.That(options.LanNets.Select(network => network.ToString()), Is.EqualTo(new[] { "203.0.113.0/24", "25.0.0.0/8" }));
            Assert.That(options.DeniedPorts, Is.EqualTo(new ushort[] { 22, 5900, 5901, 5902 }));
            Assert.That(options.AllowedHosts.Select(host => host.ToString()), Is.EqualTo(new[] { "192.168.7.0/24", "192.168.8.5/32:5190-5190", "192.168.8.5/32:6000-6010" }));
            Assert.That((options.Record, options.RecordLimit), Is.EqualTo(("a b.pcapng", 3L << 20)));
        });
    }

    [TestCase("oscar,irc", new ushort[] { 5190, 6667 })]
    [TestCase("irc", new ushort[] { 6667 })]
    [TestCase("oscar,msn,irc", new ushort[] { 5190, 1863, 6667 })]
    public void Protocols_bring_their_ports(string names, ushort[] ports)
    {
        GatewayOptions options = Read("--lan", "a", "--wan", "b", "--protocol", names);
        Assert.That(options.Protocols.Select(protocol => protocol.Name), Is.EqualTo(names.Split(',')));
        Assert.That((options.Ports, options.ChangesLengths), Is.EqualTo((ports, true)));
    }

    [Test]
    public void Any_port_is_no_list_of_ports() => Assert.That(Read("--lan", "a", "--wan", "b", "--port", "any").Ports, Is.Empty);

    [Test]
    public void A_name_is_all_its_IPv4_addresses() =>
        Assert.That(Read("--lan", "a", "--wan", "b", "--server", "localhost").Servers, Does.Contain(Ipv4Network.Parse("127.0.0.1/32")));

    private static readonly GatewayOptions[] s_options =
    [
        new() { Lan = ["lan0"], Wan = ["wan0"] },
        new() { Lan = ["lan0"], Wan = ["wan0"], Protocols = ProtocolTable.All, Ports = [5190, 1863, 6667], IcqAnyPort = true },
        new() { Lan = ["lan0"], Wan = ["wan0"], Ports = [], ListensOnly = true, Flavour = QueueFlavour.Nft },
        new() { Lan = ["lan0"], Wan = ["wan0"], Translator = TranslatorKind.Relay },
        new()
        {
            Lan = ["lan0", "lan1"],
            Wan = ["ppp0", "wwan0"],
            Public = new Ipv4Address(0xCB007107),
            Servers = [Ipv4Network.Parse("198.51.100.0/24"), Ipv4Network.Parse("0.0.0.0/0")],
            Ports = [5190, 443],
            Pinhole = true,
            DryRun = true,
            Marks = MarkLayout.Parse("0xF0000000"),
            Queue = 65534,
            Flavour = QueueFlavour.Iptables,
            Pool = (1024, 65535),
            Record = "a b",
            RecordLimit = 12345,
            LanNets = [Ipv4Network.Parse("203.0.113.0/24"), Ipv4Network.Parse("25.0.0.0/8")],
            DeniedPorts = [22, 80, 81, 82],
            AllowedHosts = [new AllowedHost(Ipv4Network.Parse("192.168.7.0/24"), new PortRange(0, 65535)), new AllowedHost(Ipv4Network.Parse("192.168.8.5/32"), new PortRange(5190, 5190))],
        },
        new()
        {
            Lan = ["lan0"],
            Wan = ["wan0"],
            DeniedPorts = [],
        },
    ];

    [TestCaseSource(nameof(s_options))]
    public void What_another_process_is_told_it_reads_as_the_same(GatewayOptions options)
    {
        GatewayOptions read = Read([.. GatewayCommandOptions.ToArguments(options)]);
        Assert.Multiple(() =>
        {
            Assert.That(read.Lan, Is.EqualTo(options.Lan));
            Assert.That(read.Wan, Is.EqualTo(options.Wan));
            Assert.That(read.Servers, Is.EqualTo(options.Servers));
            Assert.That(read.Ports, Is.EqualTo(options.Ports));
            Assert.That(read.Protocols, Is.EqualTo(options.Protocols));
            Assert.That(read.LanNets, Is.EqualTo(options.LanNets));
            Assert.That(read.DeniedPorts, Is.EquivalentTo(options.DeniedPorts));
            Assert.That(read.AllowedHosts, Is.EqualTo(options.AllowedHosts));
            Assert.That(Scalars(read), Is.EqualTo(Scalars(options)));
        });

        static GatewayOptions Scalars(GatewayOptions all)
        {
            string[] none = [];
            return all with { Lan = none, Wan = none, Servers = [], Ports = [], Protocols = [], DeniedPorts = [], AllowedHosts = [], LanNets = [] };
        }
    }

    [TestCase("--lan 192.168.7.0/24", "--lan 192.168.7.0/24 is not the name of a network interface: write it like eth0; ip link lists them.")]
    [TestCase("--lan wan0", "wan0 is named with --lan and with --wan: name the interface to the clients and the one to the Internet.")]
    [TestCase("--public example", "--public example is not a host's IPv4 address: write the gateway's public address, such as 203.0.113.7.")]
    [TestCase("--public 127.0.0.1", "--public 127.0.0.1 is not a host's IPv4 address: write the gateway's public address, such as 203.0.113.7.")]
    [TestCase("--port 0", "--port 0 is not a port: write numbers from 1 to 65535, or any.")]
    [TestCase("--port 65536", "--port 65536 is not a port: write numbers from 1 to 65535, or any.")]
    [TestCase("--port aol", "--port aol is not a port: write numbers from 1 to 65535, or any.")]
    [TestCase("--port any 5190", "--port any stands for every port: give it alone, or name ports.")]
    [TestCase("--lan-net 0.0.0.0/0", "--lan-net 0.0.0.0/0 is not an IPv4 network of the LAN: write it like 203.0.113.0/24.")]
    [TestCase("--lan-net 203.0.113.7", "--lan-net 203.0.113.7 is not an IPv4 network of the LAN: write it like 203.0.113.0/24.")]
    [TestCase("--deny-port aol", "--deny-port aol is not a port: write numbers, or ranges such as 5900-5910, or none.")]
    [TestCase("--deny-port 9-1", "--deny-port 9-1 is not a port: write numbers, or ranges such as 5900-5910, or none.")]
    [TestCase("--deny-port none 22", "--deny-port none stands for no port: give it alone, or name ports.")]
    [TestCase("--allow-host alice", "--allow-host alice is not a LAN host: write it like 192.168.7.10, 192.168.7.0/24 or 192.168.7.10:5190,6000-6010.")]
    [TestCase("--allow-host 192.168.7.10:", "--allow-host 192.168.7.10: is not a LAN host: write it like 192.168.7.10, 192.168.7.0/24 or 192.168.7.10:5190,6000-6010.")]
    [TestCase("--allow-host 192.168.7.10-192.168.7.12", "--allow-host 192.168.7.10-192.168.7.12 is not a LAN host: write it like 192.168.7.10, 192.168.7.0/24 or 192.168.7.10:5190,6000-6010.")]
    [TestCase("--mode rewrite", "--mode rewrite is unknown: write divert or listen.")]
    [TestCase("--mode listen --pinhole", "--pinhole does not go with --mode listen, which decides about no packet: leave one of them out.")]
    [TestCase("--translator relay --pinhole", "--pinhole does not go with --translator relay, whose peers' connects are not forwarded: leave one of them out.")]
    [TestCase("--translator winnat", "--translator winnat is for Windows: write auto, nftables or relay.")]
    [TestCase("--translator userspace", "--translator userspace is for Windows: write auto, nftables or relay.")]
    [TestCase("--protocol jabber", "--protocol jabber is unknown: write oscar, msn, irc.")]
    [TestCase("--protocol irc --dry-run", "--dry-run does not go with --protocol irc: what only looks cannot follow a connection whose lengths would change.")]
    [TestCase("--mark-mask 0x5", "--mark-mask 0x5 is not four neighbouring bits: write it like 0x0F000000.")]
    [TestCase("--queue 65535", "--queue 65535 is not a queue's number with another one behind it: write one from 0 to 65534.")]
    [TestCase("--queue 65536", "--queue 65536 is not a queue's number with another one behind it: write one from 0 to 65534.")]
    [TestCase("--flavour ebtables", "--flavour ebtables is unknown: write auto, nft or iptables.")]
    [TestCase("--pool 61000", "--pool 61000 is not a range of ports: write it like 61000-61999.")]
    [TestCase("--pool 62000-61000", "--pool 62000-61000 is not a range of ports: write it like 61000-61999.")]
    [TestCase("--pool 80-2000", "--pool 80-2000 begins with ports that are for services: begin at 1024 or above.")]
    [TestCase("--record-limit 0", "--record-limit 0 is not a size: write bytes, or a number with K, M or G such as 64M.")]
    [TestCase("--record-limit 99999999999G", "--record-limit 99999999999G is not a size: write bytes, or a number with K, M or G such as 64M.")]
    [TestCase("--server 198.51.100.0/33", "--server 198.51.100.0/33 is not an IPv4 network: write it like 198.51.100.0/24, or a host's name.")]
    [TestCase("--server 198.51.100", "--server 198.51.100 is not an IPv4 network: write it like 198.51.100.0/24, or a host's name.")]
    [TestCase("--server no.such.host.invalid", "--server no.such.host.invalid has no IPv4 address that this machine's resolver knows: check the name, or give an address.")]
    [TestCase("--port 5190 --prot 443", "'--prot' is not understood; see reaim check --help.")]
    public void What_cannot_be_is_one_sentence(string more, string sentence)
    {
        string[] arguments = ["--wan", "wan0", .. more.StartsWith("--lan ", StringComparison.Ordinal) ? (string[])[] : ["--lan", "lan0"], .. more.Split(' ')];
        Assert.That(() => Read(arguments), Throws.TypeOf<BadInputException>().With.Message.EqualTo(sentence));
    }

    [TestCase("--placement router", false, "--placement is for Windows: leave it out.")]
    [TestCase("--queue 7", true, "--queue is for Linux: leave it out.")]
    [TestCase("--flavour nft", true, "--flavour is for Linux: leave it out.")]
    [TestCase("--mark-mask 0x0F000000", true, "--mark-mask is for Linux: leave it out.")]
    [TestCase("--pinhole", true, "--pinhole is for Linux: leave it out.")]
    [TestCase("--protocol irc", true, "--protocol irc is for Linux gateways: write oscar.")]
    [TestCase("--translator winnat", false, "--translator winnat is for Windows: write auto, nftables or relay.")]
    [TestCase("--translator nftables", true, "--translator nftables is for Linux: write auto, winnat, relay or userspace.")]
    public void What_is_for_another_system_is_refused(string more, bool isWindows, string sentence) =>
        Assert.That(() => Read(isWindows, ["--lan", "a", "--wan", "b", .. more.Split(' ')]), Throws.TypeOf<BadInputException>().With.Message.EqualTo(sentence));

    [Test]
    public void On_Windows_interfaces_have_any_name_and_a_worker_is_told_the_placement()
    {
        var options = new GatewayOptions
        {
            Lan = ["vEthernet (Default Switch)"],
            Wan = ["Ethernet 2"],
            Placement = Placement.Router,
            Translator = TranslatorKind.Userspace,
        };
        GatewayOptions read = Read(isWindows: true, [.. GatewayCommandOptions.ToArguments(options, isWindows: true)]);
        Assert.Multiple(() =>
        {
            Assert.That(read.Lan, Is.EqualTo(options.Lan));
            Assert.That(read.Wan, Is.EqualTo(options.Wan));
            Assert.That((read.Placement, read.Translator), Is.EqualTo((options.Placement, options.Translator)));
        });
    }

    private static GatewayOptions Read(params string[] arguments) => Read(isWindows: false, arguments);

    private static GatewayOptions Read(bool isWindows, string[] arguments)
    {
        var options = new GatewayCommandOptions(isWindows);
        var command = new Command("check");
        options.AddTo(command);
        return options.Read(new RootCommand { command }.Parse(["check", .. arguments]));
    }
}
