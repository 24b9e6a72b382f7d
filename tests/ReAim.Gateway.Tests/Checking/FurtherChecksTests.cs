using System.Net;
using System.Net.Sockets;
using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

[RequiresRoot]
internal sealed class FurtherChecksTests : SmallGatewayTests
{
    [TestCase("nft", "table ip n { chain p { type nat hook postrouting priority srcnat; oifname \"wan0\" masquerade; }; }")]
    [TestCase("nft", "table ip n { chain s { ip saddr 192.168.7.0/24 snat to 203.0.113.1; }; chain p { type nat hook postrouting priority srcnat; oifname { \"wan0\", \"ppp0\" } jump s; }; }")]
    [TestCase("iptables-restore", "*nat\n-A POSTROUTING -o wan0 -j MASQUERADE\nCOMMIT\n")]
    [TestCase("iptables-legacy-restore", "*nat\n-A POSTROUTING -s 192.168.0.0/16 ! -o lan0 -j MASQUERADE\nCOMMIT\n")]
    public void NAT_in_place_is_seen_whoever_made_it(string program, string text)
    {
        Gateway.Box.ExecWithInput(program, text, program == "nft" ? ["-f", "-"] : []);
        Assert.That(Gateway.Say(NatCheck.Look), Is.EqualTo(new[] { "Ok: what leaves by wan0 is translated." }));
    }

    [Test]
    public void Without_NAT_the_line_that_is_given_helps()
    {
        Gateway.Nft("table ip n { chain p { type nat hook postrouting priority srcnat; oifname \"ppp0\" masquerade; }; }");
        Finding finding = Gateway.Ask(NatCheck.Look).Single();
        Assert.That(finding.Sentence, Does.StartWith("no rule translates what leaves by wan0, and an offer of a host without NAT is never rewritten"));
        Gateway.Box.Exec("sh", "-c", finding.Do!);
        Assert.That(Gateway.Ask(NatCheck.Look).Single().Severity, Is.EqualTo(Severity.Ok));
    }

    [Test]
    public void The_line_that_translates_leaves_the_tables_of_iptables_alone()
    {
        Gateway.Box.Exec("iptables", "-t", "nat", "-A", "POSTROUTING", "-o", "ppp0", "-j", "MASQUERADE");
        Gateway.Box.Exec("sh", "-c", Gateway.Ask(NatCheck.Look).Single().Do!);
        Gateway.Box.Exec("iptables", "-t", "nat", "-A", "POSTROUTING", "-o", "ppp1", "-j", "MASQUERADE");
        Assert.That(Gateway.Box.Exec("iptables-save", "-t", "nat"), Does.Contain("-o ppp0").And.Contain("-o ppp1").And.Not.Contains("incompatible"));
    }

    [Test]
    public void Ports_that_are_the_administrators_are_found_in_every_form()
    {
        Gateway.Nft(
            """
            table ip n {
              map forwards { type inet_service : ipv4_addr . inet_service; elements = { 8080 : 192.168.7.5 . 80 }; }
              map ends { type ipv4_addr . inet_service : ipv4_addr; elements = { 203.0.113.1 . 8081 : 192.168.7.5 }; }
              chain wan { tcp dport 7000 dnat to 192.168.7.5; }
              chain pre { type nat hook prerouting priority dstnat
                iifname "wan0" tcp dport 5190 dnat to 192.168.7.9:5190
                tcp dport { 6000-6002, 6010 } redirect to :1080
                dnat ip to tcp dport map @forwards
                dnat to ip daddr . tcp dport map @ends
                dnat to tcp dport map { 9000 : 192.168.7.5, 9001 : 192.168.7.6 }
                iifname "wan0" jump wan
                iifname "lan0" tcp dport 1 redirect to :1
                ip daddr 203.0.113.2 tcp dport 2 dnat to 192.168.7.2
                udp dport 3 dnat to 192.168.7.3
              }
            }

            """);
        Gateway.Box.Exec("iptables", "-t", "nat", "-A", "PREROUTING", "-p", "tcp", "-m", "multiport", "--dports", "4000:4001,4010", "-j", "DNAT", "--to", "192.168.7.4");
        Gateway.Box.Exec("iptables-legacy", "-t", "nat", "-A", "PREROUTING", "-i", "wan0", "-p", "tcp", "--dport", "4020", "-j", "REDIRECT", "--to-ports", "22");
        ForeignForwards forwards = Gateway.In(() =>
        {
            var situation = new GatewaySituation(SmallGateway.Options);
            return ForeignForwards.Find(situation.Firewall, ["wan0"], situation.WanAddresses, situation.Options.Pool);
        });
        Assert.That(forwards.Everything, Is.Empty);
        Assert.That(forwards.Ports.Order(), Is.EqualTo(new ushort[]
        {
            4000, 4001, 4010, 4020, 5190, 6000, 6001, 6002, 6010, 7000, 8080, 8081, 9000, 9001,
        }));
    }

    [Test]
    public void A_host_that_gets_everything_by_a_map_of_networks_is_one_too()
    {
        Gateway.Box.Exec("iptables", "-t", "nat", "-A", "PREROUTING", "-i", "wan0", "-d", "203.0.113.1/32", "-j", "NETMAP", "--to", "192.168.7.20/32");
        Assert.That(Gateway.Say(PublicPortsCheck.Look).Single(), Does.StartWith("Warning: this rule leads peers' connects elsewhere"));
    }

    [Test]
    public void A_host_that_gets_everything_is_a_warning()
    {
        Gateway.Nft("table ip n { chain p { type nat hook prerouting priority dstnat; iifname \"wan0\" dnat to 192.168.7.200; }; }");
        Assert.That(Gateway.Say(PublicPortsCheck.Look).Single(), Does.StartWith("Warning: this rule leads peers' connects elsewhere"));
    }

    [TestCase("tcp dport 61000-61999 accept; iifname \"wan0\" dnat to 192.168.7.200", "Note: TCP 5190 is forwarded already: offers of that port get another public port.")]
    [TestCase("iifname \"wan0\" tcp dport != { 5190, 61000-61999 } dnat to 192.168.7.200")]
    [TestCase("tcp dport { 5190, 61000-61999 } accept; ip saddr != 192.168.0.0/16 dnat to 192.168.7.200")]
    [TestCase("ip saddr 198.51.100.0/24 dnat to 192.168.7.200")]
    [TestCase("iifname \"wan0\" tcp dport != 22 dnat to 192.168.7.200", "Warning: this rule leads peers' connects elsewhere, so that none reaches a mapping: ")]
    [TestCase("tcp dport 5190 dnat to 192.168.7.9; iifname \"wan0\" dnat to 192.168.7.200", "Warning: this rule leads peers' connects elsewhere, so that none reaches a mapping: ", "Note: TCP 5190 is forwarded already")]
    public void A_host_that_gets_everything_but_what_was_left_out_is_no_harm(string rules, params string[] starts)
    {
        Gateway.Nft($"table ip n {{ chain p {{ type nat hook prerouting priority dstnat; {rules}; }}; }}");
        string[] said = Gateway.Say(PublicPortsCheck.Look);
        Assert.That(said, Has.Length.EqualTo(starts.Length), string.Join('\n', said));
        Assert.That(said.Zip(starts, (one, start) => one.StartsWith(start, StringComparison.Ordinal)), Is.All.True, string.Join('\n', said));
    }

    [TestCase("tcp dport 1024-65535", "1000 of the ports 61000-61999 for offers are taken already, and so are all others: iifname \"wan0\" tcp dport 1024-65535 dnat to 192.168.7.200: let the rules that lead them elsewhere leave out the ports 61000-61999 and 5190.")]
    [TestCase("tcp dport 61000-61999", "1000 of the ports 61000-61999 for offers are taken already: give another --pool FIRST-LAST, such as 64536-65535.")]
    [TestCase("tcp dport 61400-65535", "600 of the ports 61000-61999 for offers are taken already: give another --pool FIRST-LAST, such as 31768-32767.")]
    public void Where_the_ports_for_offers_are_taken_others_that_are_free_are_named_or_the_rule(string ports, string said)
    {
        Gateway.Nft($"table ip n {{ chain p {{ type nat hook prerouting priority dstnat; iifname \"wan0\" {ports} dnat to 192.168.7.200; }}; }}");
        Assert.That(Gateway.Say(PublicPortsCheck.Look).Last(), Is.EqualTo($"Warning: {said}"));
    }

    [Test]
    public void Ports_that_a_rule_without_ports_takes_are_left_to_it_where_it_leaves_out_ours()
    {
        Gateway.Nft("table ip n { chain p { type nat hook prerouting priority dstnat; tcp dport 61000-61999 accept; iifname \"wan0\" dnat to 192.168.7.200; }; }");
        IReadOnlySet<ushort> taken = Gateway.In(() => ForeignForwards.Find(new GatewaySituation(SmallGateway.Options).Firewall, ["wan0"], [], (61_000, 61_999))).Ports;
        Assert.That(taken, Has.Count.EqualTo(65_536 - 1_000));
        Assert.That(taken, Does.Contain((ushort)60_999).And.Contains((ushort)62_000).And.Contains((ushort)0).And.Not.Contains((ushort)61_000).And.Not.Contains((ushort)61_999));
    }

    [TestCase("0", "0", 0)]
    [TestCase("0", "2", 2)]
    [TestCase("2", "1", 2)]
    [TestCase("1", "0", -1)]
    [TestCase("0", "1", -1)]
    public void A_LAN_whose_hosts_may_send_under_other_networks_addresses_is_named_and_the_line_helps(string all, string own, int said)
    {
        Gateway.Box.Exec("sysctl", "-qw", $"net.ipv4.conf.all.rp_filter={all}", $"net.ipv4.conf.lan0.rp_filter={own}");
        IReadOnlyList<Finding> findings = Gateway.Ask(SourceFilterCheck.Look);
        Assert.That(findings, Has.Count.EqualTo(said < 0 ? 0 : 1));
        if (said >= 0)
        {
            Assert.That(findings[0].Sentence, Does.StartWith($"hosts behind lan0 may send under the addresses of other networks (rp_filter is {said}): no port is opened for that"));
            Assert.That(Gateway.Say(SourceFilterCheck.Look, SmallGateway.Options with { ListensOnly = true }).Single(), Does.Contain("--mode listen believes them"));
            Gateway.Box.Exec("sh", "-c", findings[0].Do!);
            Assert.That(Gateway.Ask(SourceFilterCheck.Look), Is.Empty);
        }
    }

    [Test]
    public void A_program_that_listens_is_noticed_unless_only_this_machine_reaches_it()
    {
        using TcpListener loopback = Listen(IPAddress.Loopback);
        Assert.That(Gateway.Say(PublicPortsCheck.Look), Is.Empty);
        loopback.Stop();
        using TcpListener all = Listen(IPAddress.IPv6Any);
        Assert.That(Gateway.Say(PublicPortsCheck.Look).Single(), Does.StartWith("Note: a program here listens on TCP 5190"));
        Assert.That(Gateway.Say(PublicPortsCheck.Look, SmallGateway.Options with { ListensOnly = true }).Single(), Is.EqualTo(
            "Warning: a program here listens on TCP 5190, and --mode listen can open no other port: offers of that port are not helped: "
            + "let the clients listen on another port, or free that one."));
    }

    [Test]
    public void Ports_of_own_connections_are_kept_apart()
    {
        Gateway.Box.Exec("sysctl", "-qw", "net.ipv4.ip_local_port_range=10000 61500");
        Assert.That(Gateway.Say(PublicPortsCheck.Look).Single(), Does.StartWith(
            "Warning: the ports 61000-61999 for offers overlap with those of this machine's own connections (10000-61500)"));
        Assert.That(Gateway.Say(PublicPortsCheck.Look, SmallGateway.Options with { Pool = (62_000, 62_999) }), Is.Empty);
    }

    [TestCase("iifname \"lan0\" tcp dport 5190 redirect to :1863", true)]
    [TestCase("tcp dport { 5190, 443 } dnat to 192.168.7.3:1080", true)]
    [TestCase("iifname \"lan0\" meta l4proto tcp redirect to :12345", true)]
    [TestCase("iifname \"lan0\" tcp dport 5190 dnat to 192.168.7.1:5190", true)]
    [TestCase("iifname \"lan0\" tcp dport 5190 dnat to 203.0.113.1", true)]
    [TestCase("iifname \"lan0\" tcp dport 5190 dnat to 127.0.0.1:5190", true)]
    [TestCase("iifname \"wan0\" tcp dport 5190 dnat to 192.168.7.3", false)]
    [TestCase("ip daddr 203.0.113.1 tcp dport 5190 dnat to 192.168.7.3", false)]
    [TestCase("iifname \"lan0\" tcp dport 80 redirect to :3128", false)]
    public void A_rule_that_takes_the_clients_connections_is_a_warning(string rule, bool isConflict)
    {
        Gateway.Nft($"table ip n {{\n chain p {{\n type nat hook prerouting priority dstnat\n {rule}\n }}\n}}\n");
        string[] said = Gateway.Say(ConflictsCheck.Look);
        Assert.That(said, Has.Length.EqualTo(isConflict ? 1 : 0));
        Assert.That(said, Is.All.StartsWith("Warning: this rule takes connections from the LAN that ReAim is to help: "));
    }

    [TestCase("iifname \"lan0\" tcp dport 5190 dnat to 198.51.100.5:5190")]
    [TestCase("tcp dport { 443, 5190 } dnat to 203.0.113.99:5190")]
    [TestCase("iifname \"lan0\" tcp dport 5190 dnat to 198.51.100.5")]
    [TestCase("iifname \"lan0\" ip daddr 64.12.24.10 tcp dport 5190 dnat to 198.51.100.5:5190")]
    [TestCase("iifname \"lan0\" tcp dport 80 dnat to 198.51.100.5:3128")]
    public void A_rule_that_leads_clients_to_another_server_is_no_conflict(string rule)
    {
        Gateway.Nft($"table ip n {{\n chain p {{\n type nat hook prerouting priority dstnat\n {rule}\n }}\n}}\n");
        Assert.That(Gateway.Say(ConflictsCheck.Look), Is.Empty);
    }

    [TestCase("nft", "table ip n { chain p { type nat hook prerouting priority dstnat; iifname \"lan0\" ip daddr 64.12.24.10 tcp dport 5190 dnat to 198.51.100.5:1863; }; }")]
    [TestCase("iptables-restore", "*nat\n-A PREROUTING -i lan0 -d 64.12.24.10 -p tcp --dport 5190 -j DNAT --to-destination 198.51.100.5:1863\nCOMMIT\n")]
    public void A_server_that_listens_on_a_port_that_is_not_watched_is_a_warning_with_the_option_that_helps(string program, string text)
    {
        Gateway.Box.ExecWithInput(program, text, program == "nft" ? ["-f", "-"] : []);
        Finding finding = Gateway.Ask(ConflictsCheck.Look).Single();
        Assert.That(finding.Sentence, Does.StartWith("this rule leads connections from the LAN to port 1863, which ReAim does not watch: "));
        Assert.That(finding.Do, Does.EndWith("--port 5190 1863"));
        Assert.That(Gateway.Say(ConflictsCheck.Look, SmallGateway.Options with { Ports = [5190, 1863] }), Is.Empty);
        Assert.That(Gateway.Say(ConflictsCheck.Look, SmallGateway.Options with { Ports = [] }), Is.Empty);
    }

    [TestCase("ct mark set 0x1", "ct mark set ct mark & 0x0f000000 | VALUE")]
    [TestCase("ct mark set meta mark", "ct mark set ct mark & 0x0f000000 | VALUE")]
    [TestCase("meta mark set ct mark", "meta mark set ct mark & 0xf0ffffff")]
    [TestCase("ct mark 0x2300 accept", "ct mark & 0xf0ffffff == VALUE")]
    [TestCase("ct mark set ct mark & 0xf0ffffff | 0x05000000", "--mark-mask 0xF0000000")]
    [TestCase("meta mark & 0x0f000000 == 0x01000000 accept", "--mark-mask 0xF0000000")]
    public void Rules_that_use_our_mark_bits_are_warnings_with_what_helps(string rule, string advice)
    {
        Gateway.Nft($"table ip n {{\n chain p {{\n type filter hook prerouting priority mangle\n {rule}\n }}\n}}\n");
        Assert.That(Gateway.Say(MarksCheck.Look).Single(), Does.StartWith("Warning: this rule ").And.Contain(advice));
    }

    [TestCase("ct mark set ct mark & 0xffffff00 | 0x23")]
    [TestCase("meta mark set 0x2300")]
    [TestCase("ct state new ct mark set 0x1")]
    [TestCase("ct state new ct mark 0x0 ct mark set meta mark")]
    [TestCase("ct state new meta mark set ct mark")]
    [TestCase("udp dport 53 ct mark set 0x1")]
    [TestCase("iifname \"guest0\" ct mark set 0x1")]
    [TestCase("ct mark & 0xff00 == 0x2300 accept")]
    [TestCase("meta mark set ct mark & 0xffff")]
    [TestCase("ct mark & 0x04000000 == 0x0 accept")]
    [TestCase("meta mark { 0x1, 0x2 } accept")]
    public void Rules_that_keep_to_their_own_bits_are_fine(string rule)
    {
        Gateway.Nft($"table ip n {{\n chain p {{\n type filter hook prerouting priority mangle\n {rule}\n }}\n}}\n");
        Assert.That(Gateway.Say(MarksCheck.Look), Is.EqualTo(new[] { "Ok: no rule of others uses the mark bits 0x0f000000." }));
    }

    [TestCase("output", "ct mark set 0x1", true)]
    [TestCase("prerouting", "ct state { new, established } ct mark set 0x1", false)]
    [TestCase("prerouting", "ct state != established ct mark set 0x1", false)]
    [TestCase("prerouting", "ct state new ct mark set 0x05000000", false)]
    [TestCase("forward", "ct state new ct mark set 0x1", false)]
    public void A_rule_for_new_connections_is_a_warning_only_where_it_comes_behind_ours_or_says_what_ours_mean(string hook, string rule, bool isFine)
    {
        Gateway.Nft($"table ip n {{\n chain p {{\n type filter hook {hook} priority mangle\n {rule}\n }}\n}}\n");
        Assert.That(Gateway.Say(MarksCheck.Look).Single(), Does.StartWith(isFine ? "Ok: " : "Warning: this rule "));
    }

    [TestCase("-A PREROUTING -m conntrack --ctstate NEW -j CONNMARK --set-mark 0x1", true)]
    [TestCase(":x - [0:0]\n-A PREROUTING -m conntrack --ctstate NEW -j x\n-A x -j CONNMARK --set-mark 0x1", true)]
    [TestCase(":x - [0:0]\n-A PREROUTING -m conntrack --ctstate NEW -j x\n-A PREROUTING -i lan0 -j x\n-A x -j CONNMARK --set-mark 0x1", false)]
    [TestCase("-A FORWARD -m conntrack --ctstate NEW -j CONNMARK --set-mark 0x1", false)]
    [TestCase("-A PREROUTING -m conntrack ! --ctstate NEW -j CONNMARK --set-mark 0x1", false)]
    public void So_it_is_with_iptables(string rules, bool isFine)
    {
        Gateway.Box.ExecWithInput("iptables-restore", $"*mangle\n{rules}\nCOMMIT\n");
        Assert.That(Gateway.Say(MarksCheck.Look).Single(), Does.StartWith(isFine ? "Ok: " : "Warning: this rule "));
    }

    [Test]
    public void Copies_of_whole_marks_by_iptables_are_warnings()
    {
        Gateway.Box.ExecWithInput("iptables-restore", "*mangle\n-A PREROUTING -j CONNMARK --restore-mark\n-A POSTROUTING -j CONNMARK --save-mark\nCOMMIT\n");
        Assert.That(Gateway.Say(MarksCheck.Look), Has.Length.EqualTo(2).And.All.Contain("--nfmask 0xf0ffffff --ctmask 0xf0ffffff"));
    }

    [Test]
    public void Bridged_packets_in_the_rules_are_a_note_if_one_of_ours_is_a_bridge()
    {
        var bridge = new NetworkLink { Name = "lan0", IsBridge = true };
        Finding[] Look(string? setting, NetworkLink link) =>
            [.. BridgesCheck.Look(new GatewaySituation(SmallGateway.Options) { Links = [link], Setting = _ => setting })];
        Assert.That(Look("1", bridge).Single().Severity, Is.EqualTo(Severity.Note));
        Assert.That(Look("0", bridge).Concat(Look(null, bridge)).Concat(Look("1", bridge with { IsBridge = false })), Is.Empty);
    }

    [Test]
    public void Legacy_rules_beside_others_and_Docker_are_notes()
    {
        Gateway.Box.Exec("iptables-legacy", "-A", "FORWARD", "-j", "ACCEPT");
        Assert.That(Gateway.Say(NeighboursCheck.Look), Is.Empty);
        Gateway.Box.Exec("iptables", "-N", "DOCKER-USER");
        Gateway.Box.Exec("iptables", "-A", "FORWARD", "-j", "DOCKER-USER");
        Assert.That(Gateway.Say(NeighboursCheck.Look), Has.Length.EqualTo(2).And.All.StartWith("Note: "));
    }

    [Test]
    public void Other_ways_to_the_Internet_are_named()
    {
        Gateway.Box.Ip("route", "add", "default", "via", "203.0.113.254");
        Assert.That(Gateway.Say(RoutesCheck.Look), Is.Empty);
        Gateway.Box.Ip("route", "add", "default", "via", "192.168.7.254", "table", "7");
        Assert.That(Gateway.Say(RoutesCheck.Look).Single(), Is.EqualTo(
            "Note: a default route leaves by lan0 (--lan), and connections that go there cross no --wan: they are not helped."));
        GatewayOptions other = SmallGateway.Options with { Lan = ["lan7"] };
        Assert.That(Gateway.Say(RoutesCheck.Look, other).Single(), Is.EqualTo(
            "Note: a default route leaves by lan0, and connections that go there are not helped: name it too, if it leads to the Internet: --wan wan0 lan0."));
        Assert.That(Gateway.Say(RoutesCheck.Look, other with { Wan = ["wan0", "lan0"] }).Single(), Does.StartWith("Ok: several ways lead to the Internet"));
    }

    [Test]
    public void IPv6_beside_is_a_note()
    {
        Gateway.Box.Ip("addr", "add", "2001:db8:7::1/64", "dev", "lan0", "nodad");
        Gateway.Box.Ip("addr", "add", "2001:db8::2/64", "dev", "wan0", "nodad");
        Assert.That(Gateway.Say(RoutesCheck.Look), Is.Empty);
        Gateway.Box.Ip("-6", "route", "add", "default", "via", "2001:db8::1");
        Assert.That(Gateway.Say(RoutesCheck.Look).Single(), Does.StartWith("Note: hosts behind lan0 reach the Internet by IPv6 too"));
    }

    [Test]
    public void Of_a_gateway_without_privileges_or_interfaces_only_that_is_said()
    {
        Assert.That(CheckList.Run(new GatewaySituation(SmallGateway.Options) { IsRoot = false }).Select(finding => finding.What), Has.None.Contains("rule"));
        GatewayOptions options = SmallGateway.Options with { Wan = ["nowhere"] };
        Assert.That(
            Gateway.In(() => CheckList.Run(new GatewaySituation(options))).Where(finding => finding.Severity != Severity.Ok).Select(finding => finding.What),
            Is.EqualTo(new[] { "there is no network interface nowhere (--wan)" }));
    }

    private TcpListener Listen(IPAddress address) => Gateway.In(() =>
    {
        var listener = new TcpListener(address, 5190);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            listener.Server.DualMode = true;
        }

        listener.Start();
        return listener;
    });
}
