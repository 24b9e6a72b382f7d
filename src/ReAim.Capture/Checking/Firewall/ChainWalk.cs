namespace ReAim.Capture.Checking.Firewall;

/// <summary>
/// What becomes of a packet in one base chain: what surely becomes of it if it meets none of the conditions that cannot be judged
/// here, and what may become of it if it meets one.
/// </summary>
internal sealed class ChainWalk
{
    // A chain cannot jump deeper (include/net/netfilter/nf_tables.h, NFT_JUMP_STACK_SIZE); the rest is patience.
    private const int MaxDepth = 16;
    private const int MaxSteps = 2_000_000;

    private readonly FirewallRuleset _ruleset;
    private readonly PacketProfile _packet;
    private readonly List<PlacedRule> _drops = [];
    private readonly List<FirewallRule> _translations = [];
    private readonly Dictionary<FirewallRule, Answer> _ends = new(ReferenceEqualityComparer.Instance);
    private int _steps;

    private ChainWalk(FirewallRuleset ruleset, FirewallChain chain, PacketProfile packet) =>
        (_ruleset, _packet, Chain) = (ruleset, packet, chain);

    /// <summary>The chain.</summary>
    public FirewallChain Chain { get; }

    /// <summary>True if the packet ends here, unless it meets <see cref="Exception"/> before.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>The rule by which it ends; null if it is the chain's policy.</summary>
    public PlacedRule? DroppedBy { get; private set; }

    /// <summary>
    /// The first rule that may save it from that, under conditions that cannot be judged here; null if there is none.
    /// </summary>
    public FirewallRule? Exception { get; private set; }

    /// <summary>True if its destination is surely translated here.</summary>
    public bool IsTranslated { get; private set; }

    /// <summary>Rules that drop it, surely, or under conditions that cannot be judged here, or if a program wants it.</summary>
    public IReadOnlyList<PlacedRule> Drops => _drops;

    /// <summary>Rules that translate its destination, surely or under conditions that cannot be judged here.</summary>
    public IReadOnlyList<FirewallRule> Translations => _translations;

    /// <summary>
    /// Rules that end its way before the chain's end, other than by dropping it, each with whether it surely does; what stands last
    /// is then never met. RETURN, and <c>-g</c> to another chain, do so in the base chain itself (iptables(8)).
    /// </summary>
    public IReadOnlyDictionary<FirewallRule, Answer> Ends => _ends;

    /// <summary>By what it is dropped, in words.</summary>
    public string Cause =>
        (DroppedBy is { } drop ? $"the rule '{drop.Rule.Text}' of the chain {drop.Chain.Title}" : $"the policy of the chain {Chain.Title}")
        + (Exception is { } exception ? $", unless they meet '{exception.Text}' before" : "");

    /// <summary>Walks a packet through a base chain.</summary>
    public static ChainWalk Through(FirewallRuleset ruleset, FirewallChain chain, PacketProfile packet)
    {
        var walk = new ChainWalk(ruleset, chain, packet);
        Place last = walk.Walk(chain, Place.Sure, depth: 0);
        if (chain.DropsByDefault)
        {
            walk.IsDropped |= last.IsSure;
        }
        else
        {
            walk.Pass(last);
        }

        return walk;
    }

    /// <summary>Walks one chain, and says how the packet comes out of it.</summary>
    private Place Walk(FirewallChain chain, Place here, int depth)
    {
        Place left = Place.None;
        object? met = null;
        foreach (FirewallRule rule in chain.Rules)
        {
            bool isOther = rule.Origin is not null && rule.Origin == met;
            Answer answer = isOther || ++_steps > MaxSteps ? Answer.No : _packet.Meets(rule.Conditions);
            met = answer == Answer.Yes ? rule.Origin : met;
            if (answer == Answer.No || rule.Action is RuleAction.Continue or RuleAction.SourceNat)
            {
                continue;
            }

            Place taken = answer == Answer.Yes ? here : Place.Only(rule);
            Place passed = answer == Answer.Yes ? Place.None : here;
            if (rule.Action is RuleAction.Jump or RuleAction.Goto)
            {
                Place back = depth < MaxDepth && _ruleset.Target(chain, rule) is { } target ? Walk(target, taken, depth + 1) : taken;
                (left, passed) = rule.Action == RuleAction.Goto ? (Leave(rule, back), passed) : (left, passed.Or(back));
            }
            else if (rule.Action == RuleAction.Return)
            {
                left = Leave(rule, taken);
            }
            else
            {
                End(chain, rule, taken);
            }

            here = passed;
            if (here == Place.None)
            {
                return left;
            }
        }

        return left.Or(here);

        Place Leave(FirewallRule rule, Place met)
        {
            if (depth == 0 && met != Place.None)
            {
                AddEnd(rule, met);
            }

            return left.Or(met);
        }
    }

    private void End(FirewallChain chain, FirewallRule rule, Place met)
    {
        if (rule.Action == RuleAction.NetworkMap && Chain.Hook is not ("prerouting" or "output"))
        {
            Pass(met);
            return;
        }

        if (rule.Action is RuleAction.DestinationNat or RuleAction.NetworkMap or RuleAction.Redirect or RuleAction.TransparentProxy)
        {
            _translations.Add(rule);
            IsTranslated |= met.IsSure;
            Pass(met);
            return;
        }

        bool isDrop = rule.Action is RuleAction.Drop or RuleAction.Reject || IsUnread(rule);
        if (isDrop || rule.Action == RuleAction.Queue)
        {
            _drops.Add(new PlacedRule(chain, rule));
        }

        if (!isDrop || rule.Action == RuleAction.Queue)
        {
            AddEnd(rule, met);
        }

        if (!isDrop)
        {
            Pass(met);
        }
        else if (met.IsSure)
        {
            (IsDropped, DroppedBy) = (true, new PlacedRule(chain, rule));
        }
    }

    /// <summary>True if a rule queues for a program that is not there, and nothing passes without it.</summary>
    private bool IsUnread(FirewallRule rule) =>
        rule is { Action: RuleAction.Queue, Bypasses: false } && _ruleset.Queues is { } queues && !queues.Any(number => number >= rule.Queues.First && number <= rule.Queues.Last);

    private void Pass(Place place) => Exception ??= place.If;

    private void AddEnd(FirewallRule rule, Place met)
    {
        if (met.IsSure || !_ends.ContainsKey(rule))
        {
            _ends[rule] = met.IsSure ? Answer.Yes : Answer.Maybe;
        }
    }

    /// <summary>Whether the packet comes to a place.</summary>
    /// <param name="IsSure">It does, if it meets no condition that cannot be judged.</param>
    /// <param name="If">It does only if it meets this rule, or another that cannot be judged.</param>
    private readonly record struct Place(bool IsSure, FirewallRule? If)
    {
        public static Place None => default;

        public static Place Sure => new(true, null);

        public static Place Only(FirewallRule rule) => new(false, rule);

        // What becomes of it from there on is the same, however it came.
        public Place Or(Place other) => IsSure || other.IsSure ? Sure : If is null ? other : this;
    }
}

/// <summary>A rule, and the chain it stands in.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Rule">The rule.</param>
internal sealed record PlacedRule(FirewallChain Chain, FirewallRule Rule);
