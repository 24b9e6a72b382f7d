namespace ReAim.Capture.Checking.Firewall;

/// <summary>What becomes of a packet in one base chain.</summary>
internal sealed class ForwardWalk
{
    // A chain cannot jump deeper (include/net/netfilter/nf_tables.h, NFT_JUMP_STACK_SIZE); the rest is patience.
    private const int MaxDepth = 16;
    private const int MaxSteps = 100_000;

    private readonly FirewallRuleset _ruleset;
    private readonly PacketProfile _packet;
    private readonly List<FirewallRule> _drops = [];
    private int _steps;

    private ForwardWalk(FirewallRuleset ruleset, FirewallChain chain, PacketProfile packet) =>
        (_ruleset, _packet, Chain) = (ruleset, packet, chain);

    private enum Step
    {
        Next,
        Accept,
        Drop,
    }

    /// <summary>The chain.</summary>
    public FirewallChain Chain { get; }

    /// <summary>True if the packet surely ends here.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>The rule by which it surely ends; null if it is the chain's policy.</summary>
    public FirewallRule? DroppedBy { get; private set; }

    /// <summary>Rules that drop it, surely or under conditions that cannot be judged here.</summary>
    public IReadOnlyList<FirewallRule> Drops => _drops;

    /// <summary>Walks a packet through a base chain.</summary>
    public static ForwardWalk Through(FirewallRuleset ruleset, FirewallChain chain, PacketProfile packet)
    {
        var walk = new ForwardWalk(ruleset, chain, packet);
        Step end = walk.Walk(chain, isSure: true, depth: 0);
        walk.IsDropped = end == Step.Drop || (end == Step.Next && chain.DropsByDefault);
        return walk;
    }

    private Step Walk(FirewallChain chain, bool isSure, int depth)
    {
        foreach (FirewallRule rule in chain.Rules)
        {
            Answer answer = ++_steps > MaxSteps ? Answer.No : _packet.Meets(rule.Conditions);
            if (answer == Answer.No)
            {
                continue;
            }

            bool surely = isSure && answer == Answer.Yes;
            switch (rule.Action)
            {
                case RuleAction.Accept when answer == Answer.Yes:
                    return Step.Accept;
                case RuleAction.Drop or RuleAction.Reject:
                    _drops.Add(rule);
                    if (answer == Answer.Yes)
                    {
                        DroppedBy ??= surely ? rule : null;
                        return Step.Drop;
                    }

                    break;
                case RuleAction.Return when answer == Answer.Yes:
                    return Step.Next;
                case RuleAction.Jump or RuleAction.Goto when depth < MaxDepth && _ruleset.Target(chain, rule) is { } target:
                    Step there = Walk(target, surely, depth + 1);
                    if (answer == Answer.Yes && (there != Step.Next || rule.Action == RuleAction.Goto))
                    {
                        return there;
                    }

                    break;
                default:
                    break;
            }
        }

        return Step.Next;
    }
}
