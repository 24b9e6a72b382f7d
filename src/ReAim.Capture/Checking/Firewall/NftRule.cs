using System.Text.Json;
using static ReAim.Capture.Checking.Firewall.NftExpressions;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>
/// One rule of nft's JSON. A rule that maps values to verdicts, or looks for several fields together in a set, becomes one for each
/// element.
/// </summary>
/// <param name="expressions">Reads values, with the sets of the rule's table.</param>
/// <param name="text">The rule in nft's words.</param>
/// <param name="helpers">The kernel's helper behind a name that the rule's table has for one.</param>
internal sealed class NftRule(NftExpressions expressions, string text, Func<string, string> helpers)
{
    // Larger sets of several fields are not read: each would be as many rules.
    private const int MaxAlternatives = 1_000;

    private readonly List<Condition> _conditions = [];
    private readonly List<MarkUse> _marks = [];
    private readonly List<FirewallRule> _rules = [];
    private IReadOnlyList<IReadOnlyList<Condition>> _alternatives = [[]];
    private bool _offloads;
    private IReadOnlyList<string> _helpers = [];
    private bool _leavesUntracked;
    private bool _setsZone;
    private PortRange _queues;
    private bool _bypasses;

    /// <summary>Reads its statements.</summary>
    public IReadOnlyList<FirewallRule> Read(JsonElement statements)
    {
        foreach (JsonElement statement in statements.EnumerateArray())
        {
            // Some statements are a word in some versions.
            if (statement.ValueKind == JsonValueKind.String)
            {
                Add(statement.GetString()!, default);
            }
            else if (statement.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty property in statement.EnumerateObject())
                {
                    Add(property.Name, property.Value);
                }
            }
        }

        if (_rules.Count == 0)
        {
            Add(RuleAction.Continue);
        }

        return _rules;
    }

    private void Add(string kind, JsonElement value)
    {
        switch (kind)
        {
            case "match":
                AddMatch(value);
                break;
            case "vmap":
                AddVerdictMap(value);
                break;
            case "mangle":
                NftMarks.Add(value, _marks);
                _setsZone |= Member(value.GetProperty("key"), "ct") is { } connection && Text(connection, "key") == "zone";
                break;
            case "notrack":
                _leavesUntracked = true;
                break;
            case "flow":
                _offloads = true;
                break;
            case "ct helper":
                _helpers = [.. Names(value).Select(helpers)];
                break;
            case "limit" or "xt" or "quota" or "set" or "dynset" or "ct count" or "meter":
                if (Narrows(kind, value))
                {
                    _conditions.Add(Condition.Unknown);
                }

                break;
            case "snat" or "dnat":
                AddTranslation(kind == "snat" ? RuleAction.SourceNat : RuleAction.DestinationNat, value);
                break;
            default:
                AddVerdict(kind, value, []);
                break;
        }
    }

    /// <summary>Whether a statement lets only some packets go on. Connects of peers are few: they stay below any rate.</summary>
    private static bool Narrows(string kind, JsonElement value) => kind switch
    {
        "limit" or "ct count" => value.ValueKind != JsonValueKind.Object || Member(value, "inv") is { ValueKind: JsonValueKind.True },
        "meter" when Member(value, "stmt") is { } inner => AnyNarrows(inner),
        "set" when Text(value, "op") is "add" or "update" => Member(value, "stmt") is { ValueKind: JsonValueKind.Array } all && all.EnumerateArray().Any(AnyNarrows),
        "counter" => false,
        _ => true,
    };

    private static bool AnyNarrows(JsonElement statement) =>
        statement.ValueKind != JsonValueKind.Object || statement.EnumerateObject().Any(one => Narrows(one.Name, one.Value));

    private void AddMatch(JsonElement match)
    {
        JsonElement left = match.GetProperty("left"), right = match.GetProperty("right");
        NftMarks.AddMatch(left, right, _marks);
        _conditions.AddRange(Implied(left));
        string op = Text(match, "op");
        if (NftTcpFlags.AreIn(left))
        {
            _conditions.Add(NftTcpFlags.Condition(left, op, right));
            return;
        }

        if (NftConnectionFlags.AreIn(left))
        {
            _conditions.AddRange(NftConnectionFlags.Conditions(left, op, right));
            return;
        }

        IReadOnlyList<IReadOnlyList<Condition>> alternatives = op switch
        {
            "==" or "!=" or "in" => Alternatives(left, right),
            _ => [[Ordered(left, op, right)]],
        };
        if (op == "!=")
        {
            // A negated concatenation says little about each of its parts.
            alternatives = alternatives is [[]] ? [[Condition.Never]]
                : alternatives is [[var one]] ? [[one with { IsNegated = true }]] : [[Condition.Unknown]];
        }

        _alternatives = alternatives.Count * _alternatives.Count <= MaxAlternatives
            ? [.. from before in _alternatives from more in alternatives select (Condition[])[.. before, .. more]]
            : [.. from before in _alternatives select (Condition[])[.. before, Condition.Unknown]];
    }

    /// <summary>What a match means: all conditions of one alternative. One field may have several values, so it needs one only.</summary>
    private IReadOnlyList<IReadOnlyList<Condition>> Alternatives(JsonElement left, JsonElement right)
    {
        IReadOnlyList<PacketField> fields = Fields(left);
        return expressions.Values(right, fields.Count) is not { } rows ? [[Condition.Unknown]]
            : rows.Any(IsAnything) ? [[]]
            : fields.Count == 1 ? [[Part(fields[0], [.. rows.Select(row => row[0])])]]
            : [.. rows.Select(row => fields.Zip(row, (field, value) => Part(field, [value])).ToArray())];
    }

    // An element is compared with the whole of it; a connection's status has bits that no element has.
    private static Condition Part(PacketField field, IReadOnlyList<string> values) =>
        field == PacketField.ConnectionStatus ? Condition.Never : new Condition(field, values);

    /// <summary>The conditions of one element of a map.</summary>
    private IReadOnlyList<Condition> Conditions(JsonElement key, JsonElement element) =>
        Alternatives(key, element) is [var only] ? only : [Condition.Unknown];

    /// <summary>Of what has an order, ports are understood.</summary>
    private static Condition Ordered(JsonElement left, string op, JsonElement right)
    {
        IReadOnlyList<PacketField> fields = Fields(left);
        if (fields is not [PacketField.SourcePort or PacketField.DestinationPort] || right.ValueKind != JsonValueKind.Number || !right.TryGetUInt16(out ushort port))
        {
            return Condition.Unknown;
        }

        (int first, int last) = op switch
        {
            "<" => (0, port - 1),
            "<=" => (0, port),
            ">" => (port + 1, ushort.MaxValue),
            ">=" => (port, ushort.MaxValue),
            _ => (-1, -1),
        };
        return first < 0 ? Condition.Unknown : new Condition(fields[0], first <= last ? [$"{first}-{last}"] : []);
    }

    private void AddVerdictMap(JsonElement map)
    {
        JsonElement key = map.GetProperty("key");
        _conditions.AddRange(Implied(key));
        if (expressions.Pairs(map.GetProperty("data")) is not { } pairs)
        {
            _conditions.Add(Condition.Unknown);
            return;
        }

        foreach ((JsonElement value, JsonElement verdict) in pairs)
        {
            foreach (JsonProperty property in verdict.EnumerateObject())
            {
                AddVerdict(property.Name, property.Value, Conditions(key, value));
            }
        }
    }

    private void AddTranslation(RuleAction action, JsonElement value)
    {
        if (Member(value, "addr") is not { } address)
        {
            Add(action);
        }
        else if (Member(address, "map") is { } map)
        {
            JsonElement key = map.GetProperty("key");
            IReadOnlyList<(JsonElement Key, JsonElement Value)>? pairs = expressions.Pairs(map.GetProperty("data"));
            _conditions.AddRange(Implied(key));
            if (pairs is null)
            {
                Add(action, more: [Condition.Unknown]);
            }

            foreach ((JsonElement from, JsonElement _) in pairs ?? [])
            {
                Add(action, more: Conditions(key, from));
            }
        }
        else
        {
            Add(action, Constant(address, Member(value, "port")));
        }
    }

    /// <summary>A constant, or all values of a map; none if they are not known.</summary>
    private IEnumerable<string> Names(JsonElement value)
    {
        JsonElement[] all = value.ValueKind == JsonValueKind.String ? [value]
            : Member(value, "map") is { } map && Member(map, "data") is { } data ? [.. (expressions.Pairs(data) ?? []).Select(pair => pair.Value)]
            : [];
        return all.Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!);
    }

    // As iptables writes it: the port stands behind a colon.
    private static string Constant(JsonElement address, JsonElement? port) =>
        address.ValueKind != JsonValueKind.String ? ""
        : port is null ? address.GetString()!
        : port is { ValueKind: JsonValueKind.Number } number ? $"{address.GetString()}:{number.GetRawText()}"
        : "";

    private void AddVerdict(string kind, JsonElement value, IReadOnlyList<Condition> more)
    {
        RuleAction action = kind switch
        {
            "accept" => RuleAction.Accept,
            "drop" => RuleAction.Drop,
            "reject" => RuleAction.Reject,
            "return" => RuleAction.Return,
            "jump" => RuleAction.Jump,
            "goto" => RuleAction.Goto,
            "masquerade" => RuleAction.SourceNat,
            "redirect" => RuleAction.Redirect,
            "tproxy" => RuleAction.TransparentProxy,
            "queue" => RuleAction.Queue,
            _ => RuleAction.Continue,
        };
        if (action == RuleAction.Queue)
        {
            _queues = Member(value, "num") is { } number && PortRange.TryParse(NftExpressions.Value(number) ?? "", out PortRange range) ? range : default;
            _bypasses = Member(value, "flags") is { } flags && flags.GetRawText().Contains("bypass", StringComparison.Ordinal);
        }

        if (action != RuleAction.Continue || (kind == "continue" && more.Count > 0))
        {
            Add(action, Text(value, "target"), more);
        }
    }

    private void Add(RuleAction action, string target = "", IReadOnlyList<Condition>? more = null) =>
        _rules.AddRange(_alternatives.Select(alternative => Rule(action, target, [.. _conditions, .. alternative, .. more ?? []])));

    private FirewallRule Rule(RuleAction action, string target, IReadOnlyList<Condition> conditions) => new()
    {
        Text = text,
        Conditions = conditions,
        Action = action,
        Target = target,
        Marks = [.. _marks],
        LeavesUntracked = _leavesUntracked,
        SetsZone = _setsZone,
        Offloads = _offloads,
        Helpers = _helpers,
        Origin = this,
        Queues = _queues,
        Bypasses = _bypasses,
    };
}
