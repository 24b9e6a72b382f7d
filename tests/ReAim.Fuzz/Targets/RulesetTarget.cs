using System.Text;
using ReAim.Alg.Tests.World;
using ReAim.Capture.Checking.Firewall;

namespace ReAim.Fuzz.Targets;

/// <summary>The administrator's rules as nft and iptables print them, and what is asked of them.</summary>
internal sealed class RulesetTarget : FuzzTarget
{
    public override string Name => "ruleset";

    public override IEnumerable<byte[]> Seeds =>
    [
        Seed(0, """
            {"nftables": [{"chain": {"family": "inet", "table": "f", "name": "forward", "handle": 1, "type": "filter", "hook": "forward", "prio": 0, "policy": "drop"}},
            {"set": {"family": "inet", "table": "f", "name": "s", "type": "inet_service", "elem": [22, {"range": [1, 9]}, {"elem": {"val": 80}}]}},
            {"rule": {"family": "inet", "table": "f", "chain": "forward", "handle": 2, "expr": [{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}}, {"accept": null}]}},
            {"rule": {"family": "inet", "table": "f", "chain": "forward", "handle": 3, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": "@s"}}, {"jump": {"target": "x"}}]}},
            {"rule": {"family": "inet", "table": "f", "chain": "forward", "handle": 4, "expr": [{"match": {"op": "!=", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": {"prefix": {"addr": "10.0.0.0", "len": 8}}}}, {"vmap": {"key": {"meta": {"key": "iifname"}}, "data": {"set": [["lan", {"accept": null}], ["wan*", {"drop": null}]]}}}]}},
            {"rule": {"family": "inet", "table": "f", "chain": "forward", "handle": 5, "expr": [{"mangle": {"key": {"meta": {"key": "mark"}}, "value": {"|": [{"&": [{"meta": {"key": "mark"}}, 4294967040]}, 3]}}}]}},
            {"rule": {"family": "inet", "table": "f", "chain": "forward", "handle": 6, "expr": [{"dnat": {"family": "ip", "addr": "10.0.0.1", "port": {"range": [8000, 8010]}}}]}},
            {"rule": {"family": "inet", "table": "f", "chain": "forward", "handle": 7, "expr": [{"match": {"op": "!=", "left": {"&": [{"ct": {"key": "status"}}, ["snat", "dnat"]]}, "right": {"|": ["dnat", "snat"]}}}, {"match": {"op": "==", "left": {"fib": {"result": "type", "flags": ["daddr", "iif"]}}, "right": {"set": ["local", "multicast"]}}}, {"queue": null}]}},
            {"rule": {"family": "inet", "table": "f", "chain": "forward", "handle": 8, "expr": [{"vmap": {"key": {"concat": [{"meta": {"key": "iifname"}}, {"payload": {"protocol": "udp", "field": "dport"}}]}, "data": {"set": [[{"concat": ["wan", 53]}, {"accept": null}], ["*", {"drop": null}]]}}}]}},
            {"flowtable": {"family": "inet", "name": "ft", "table": "f", "handle": 9, "hook": "ingress", "prio": 0, "dev": "eth0"}}]}
            """),
        Seed(1, """
            *filter
            :FORWARD DROP [0:0]
            :x - [0:0]
            -A FORWARD -i wan -o lan+ -p tcp -m tcp --dport 5190:5200 -m conntrack --ctstate NEW,DNAT -j x
            -A FORWARD ! -s 10.0.0.0/8 -d 192.168.0.0/255.255.0.0 -m mark --mark 0x4/0xf -g x
            -A FORWARD -m comment --comment "a \"b\" c" -p tcp -m multiport --dports 22,80:90 -j REJECT --reject-with tcp-reset
            -A x -m addrtype --dst-type LOCAL --limit-iface-in -m comment --comment "--dport" -j RETURN
            -A x -j MARK --set-xmark 0x1/0xffffffff
            COMMIT
            *nat
            :PREROUTING ACCEPT [0:0]
            -A PREROUTING -d 203.0.113.7/32 -i wan -p tcp -m tcp --dport 8080 -j DNAT --to-destination 192.168.7.10:80-90
            -A PREROUTING -i wan -p tcp -j REDIRECT --to-ports 5190
            COMMIT
            """),
        Seed(2, "table inet f {\n\tchain forward { # handle 1\n\t\ttype filter hook forward priority filter; policy drop;\n\t\tip saddr 10.0.0.0/8 drop # handle 2\n\t}\n\tflowtable ft {\n\t\tflags offload;\n\t}\n}\n"),
    ];

    public override void Try(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        string text = Encoding.UTF8.GetString(input[1..]);
        FirewallRuleset ruleset;
        try
        {
            ruleset = (input[0] % 3) switch
            {
                0 => NftRuleset.Read(text, "", new HashSet<(string, string)>()),
                1 => FirewallRuleset.Empty with { Chains = IptablesRuleset.Read("iptables", text) },
                _ => NftRuleset.Read("""{"nftables": []}""", text, new HashSet<(string, string)>()),
            };
        }
        catch (IOException)
        {
            // What is said of a ruleset that is not understood.
            return;
        }

        var packet = new PacketProfile { InInterface = "wan", OutInterface = "lan", DestinationPort = 5190, DestinationType = "unicast", Connection = ["new", "dnat"] };
        foreach (FirewallChain chain in ruleset.At("forward"))
        {
            _ = ChainWalk.Through(ruleset, chain, packet);
            _ = ruleset.Reachable(chain).Count();
        }

        _ = ForeignForwards.Find(ruleset, ["wan"], [Addresses.Gateway], (61_000, 61_999));
    }

    private static byte[] Seed(byte kind, string text) => [kind, .. Encoding.UTF8.GetBytes(text)];
}
