using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Gateway.Tests.Rules;

namespace ReAim.Gateway.Tests.Checking;

/// <summary>Flowtables as nft prints them: not every kernel has them.</summary>
internal sealed class FlowtablesCheckTests
{
    private const string Head =
        """
        {"nftables": [{"metainfo": {"version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1}},
        {"table": {"family": "inet", "name": "fw4", "handle": 1}},
        {"chain": {"family": "inet", "table": "fw4", "name": "forward", "handle": 2, "type": "filter", "hook": "forward", "prio": 0, "policy": "accept"}},
        {"flowtable": {"family": "inet", "name": "ft", "table": "fw4", "handle": 3, "hook": "ingress", "prio": 0, "dev": ["lan0", "wan0"]}}
        """;

    private const string Flow =
        """{"match": {"op": "==", "left": {"meta": {"key": "l4proto"}}, "right": {"set": ["tcp", "udp"]}}}, {"flow": {"op": "add", "flowtable": "@ft"}}""";

    [Test]
    public void A_rule_that_offloads_is_a_warning_with_the_exception() =>
        Assert.That(Said(Rule(Flow), ""), Is.EqualTo(new[]
        {
            "Warning: this rule moves connections into a flowtable, past ReAim, after their first packets: meta l4proto { tcp, udp } flow add @ft: "
            + "put 'ct mark & 0x04000000 == 0' before 'flow add', so that those which ReAim watches stay; or use --mode listen.",
        }));

    [Test]
    public void Hardware_is_named() => Assert.That(Said(Rule(Flow), "flags offload;").Single(), Does.Contain("into the network card"));

    [Test]
    public void A_rule_with_the_exception_is_fine() =>
        Assert.That(
            Said(Rule($$$"""{"match": {"op": "==", "left": {"&": [{"ct": {"key": "mark"}}, 67108864]}, "right": 0}}, {{{Flow}}}"""), ""), Is.Empty);

    [Test]
    public void A_flowtable_that_nothing_leads_to_is_a_note() => Assert.That(Said("", "").Single(), Does.StartWith("Note: the flowtable inet fw4 ft is there"));

    private static string Rule(string statements) =>
        $$$""", {"rule": {"family": "inet", "table": "fw4", "chain": "forward", "handle": 4, "expr": [{{{statements}}}]}}""";

    private static string[] Said(string rule, string flags)
    {
        string listing =
            $$"""
            table inet fw4 { # handle 1
            	flowtable ft { # handle 3
            		hook ingress priority filter
            		devices = { lan0, wan0 }
            		{{flags}}
            	}

            	chain forward { # handle 2
            		type filter hook forward priority filter; policy accept;
            		meta l4proto { tcp, udp } flow add @ft # handle 4
            	}
            }
            """;
        FirewallRuleset ruleset = NftRuleset.Read($"{Head}{rule}]}}", listing, new HashSet<(string, string)>());
        var situation = new GatewaySituation(SmallGateway.Options) { Firewall = ruleset };
        return [.. FlowtablesCheck.Look(situation).Select(finding => $"{finding.Severity}: {finding.Sentence}")];
    }
}
