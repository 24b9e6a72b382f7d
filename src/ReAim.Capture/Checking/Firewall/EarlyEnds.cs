namespace ReAim.Capture.Checking.Firewall;

/// <summary>
/// Which rules end a packet's way through a chain of iptables before the chain's end, other than by dropping it: what stands
/// last there is then never met.
/// </summary>
/// <remarks>
/// ACCEPT and a program that takes the packet end it wherever they stand; RETURN, and <c>-g</c> to another chain, only in the
/// built-in chain itself, whose policy then decides (iptables(8)).
/// </remarks>
internal sealed class EarlyEnds
{
    private const int MaxDepth = 16;
    private const int MaxSteps = 100_000;

    private readonly FirewallRuleset _ruleset;
    private readonly PacketProfile _packet;
    private readonly Dictionary<FirewallRule, Answer> _found = [];
    private int _steps;

    private EarlyEnds(FirewallRuleset ruleset, PacketProfile packet) => (_ruleset, _packet) = (ruleset, packet);

    /// <summary>Finds them, each with whether it surely ends the packet's way.</summary>
    public static IReadOnlyDictionary<FirewallRule, Answer> Of(FirewallRuleset ruleset, FirewallChain chain, PacketProfile packet)
    {
        var ends = new EarlyEnds(ruleset, packet);
        ends.Walk(chain, Answer.Yes, depth: 0);
        return ends._found;
    }

    /// <summary>True if the packet surely does not come back from this chain.</summary>
    private bool Walk(FirewallChain chain, Answer sure, int depth)
    {
        foreach (FirewallRule rule in chain.Rules)
        {
            Answer answer = ++_steps > MaxSteps ? Answer.No : _packet.Meets(rule.Conditions);
            if (answer == Answer.No)
            {
                continue;
            }

            Answer surely = answer < sure ? answer : sure;
            bool ends = false, leaves = false;
            switch (rule.Action)
            {
                case RuleAction.Accept or RuleAction.Queue:
                    Add(rule, surely);
                    ends = true;
                    break;
                case RuleAction.Drop or RuleAction.Reject:
                    ends = true;
                    break;
                case RuleAction.Return:
                    leaves = true;
                    break;
                case RuleAction.Jump or RuleAction.Goto when depth < MaxDepth && _ruleset.Target(chain, rule) is { } target:
                    ends = Walk(target, surely, depth + 1);
                    leaves = !ends && rule.Action == RuleAction.Goto;
                    break;
                default:
                    break;
            }

            if (leaves && depth == 0)
            {
                Add(rule, surely);
            }

            if (answer == Answer.Yes && (ends || leaves))
            {
                return ends;
            }
        }

        return false;
    }

    private void Add(FirewallRule rule, Answer answer) =>
        _found[rule] = _found.TryGetValue(rule, out Answer before) && before > answer ? before : answer;
}
