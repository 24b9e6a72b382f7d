namespace ReAim.Capture.Checking.Firewall;

/// <summary>What becomes of a packet in one base chain.</summary>
internal sealed class ChainWalk
{
    // A chain cannot jump deeper (include/net/netfilter/nf_tables.h, NFT_JUMP_STACK_SIZE); the rest is patience.
    private const int MaxDepth = 16;
    private const int MaxSteps = 100_000;

    private readonly FirewallRuleset _ruleset;
    private readonly PacketProfile _packet;
    private readonly List<FirewallRule> _drops = [];
    private readonly List<FirewallRule> _translations = [];
    private int _steps;

    private ChainWalk(FirewallRuleset ruleset, FirewallChain chain, PacketProfile packet) =>
        (_ruleset, _packet, Chain) = (ruleset, packet, chain);

    private enum Step
    {
        Next,
        Accept,
        Drop,
        Translate,
    }

    /// <summary>The chain.</summary>
    public FirewallChain Chain { get; }

    /// <summary>True if the packet ends here, unless it meets <see cref="Exception"/> before.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>The rule by which it ends; null if it is the chain's policy.</summary>
    public FirewallRule? DroppedBy { get; private set; }

    /// <summary>
    /// The first rule that may save it from that, under conditions that cannot be judged here; null if there is none.
    /// </summary>
    public FirewallRule? Exception { get; private set; }

    /// <summary>True if its destination is surely translated here.</summary>
    public bool IsTranslated { get; private set; }

    /// <summary>Rules that drop it, surely or under conditions that cannot be judged here.</summary>
    public IReadOnlyList<FirewallRule> Drops => _drops;

    /// <summary>Rules that translate its destination, surely or under conditions that cannot be judged here.</summary>
    public IReadOnlyList<FirewallRule> Translations => _translations;

    /// <summary>By what it is dropped, in words.</summary>
    public string Cause =>
        (DroppedBy is { } rule ? $"the rule '{rule.Text}' of the chain {Chain.Title}" : $"the policy of the chain {Chain.Title}")
        + (Exception is { } exception ? $", unless they meet '{exception.Text}' before" : "");

    /// <summary>Walks a packet through a base chain.</summary>
    public static ChainWalk Through(FirewallRuleset ruleset, FirewallChain chain, PacketProfile packet)
    {
        var walk = new ChainWalk(ruleset, chain, packet);
        Step end = walk.Walk(chain, isSure: true, depth: 0);
        walk.IsDropped = end == Step.Drop || (end == Step.Next && chain.DropsByDefault);
        walk.IsTranslated = end == Step.Translate;
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
            Step step = Meet(chain, rule, surely, depth);
            if (answer == Answer.Yes && (step != Step.Next || rule.Action is RuleAction.Return or RuleAction.Goto))
            {
                return step;
            }

            // Back in a base chain, the policy decides.
            bool passes = step == Step.Accept || (rule.Action == RuleAction.Return && !(depth == 0 && chain.DropsByDefault));
            Exception ??= passes ? rule : null;
        }

        return Step.Next;
    }

    private Step Meet(FirewallChain chain, FirewallRule rule, bool surely, int depth)
    {
        switch (rule.Action)
        {
            case RuleAction.Accept:
                return Step.Accept;
            case RuleAction.Drop or RuleAction.Reject:
                _drops.Add(rule);
                DroppedBy ??= surely ? rule : null;
                return Step.Drop;
            case RuleAction.DestinationNat or RuleAction.Redirect or RuleAction.TransparentProxy:
                _translations.Add(rule);
                return Step.Translate;
            case RuleAction.Jump or RuleAction.Goto when depth < MaxDepth && _ruleset.Target(chain, rule) is { } target:
                return Walk(target, surely, depth + 1);
            default:
                return Step.Next;
        }
    }
}
