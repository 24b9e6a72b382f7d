using System.Globalization;
using System.Text;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>One rule in the words of <c>iptables-save</c>.</summary>
internal sealed class IptablesRule
{
    // Options that a text of the administrator's follows.
    private static readonly string[] s_texts = ["--comment", "--log-prefix", "--nflog-prefix", "--string", "--hex-string"];

    private readonly List<Condition> _conditions = [];
    private readonly List<MarkUse> _marks = [];
    private RuleAction _action;
    private string _target = "";
    private string _module = "";
    private bool _offloads;
    private string _helper = "";
    private bool _leavesUntracked;
    private bool _setsZone;
    private PortRange _queues;
    private bool _bypasses;

    // Masks stand behind the option they belong to, or not at all.
    private (MarkUseKind Kind, uint PacketMask, uint ConnectionMask)? _copy;

    private IptablesRule()
    {
    }

    /// <summary>Reads a rule.</summary>
    /// <param name="words">What follows the chain's name.</param>
    /// <param name="text">The whole line.</param>
    public static FirewallRule Read(string words, string text)
    {
        var rule = new IptablesRule();
        List<Token> tokens = Split(words);
        for (int i = 0; i < tokens.Count;)
        {
            bool isNegated = tokens[i].IsNegation;
            i += isNegated ? 1 : 0;

            // A text may look like an option, and is one word.
            int next = i < tokens.Count && s_texts.Contains(tokens[i].Text) ? Math.Min(i + 2, tokens.Count) : i + 1;
            while (next < tokens.Count && !tokens[next].IsNegation && !tokens[next].IsOption)
            {
                next++;
            }

            if (i < tokens.Count)
            {
                rule.Add(tokens[i].Text, next > i + 1 ? tokens[i + 1].Text : "", next > i + 2 ? tokens[i + 2].Text : "", isNegated);
            }

            i = next;
        }

        rule.AddCopy();
        return new FirewallRule
        {
            Text = text,
            Conditions = rule._conditions,
            Action = rule._action,
            Target = rule._target,
            Marks = rule._marks,
            LeavesUntracked = rule._leavesUntracked,
            SetsZone = rule._setsZone,
            Offloads = rule._offloads,
            Queues = rule._queues,
            Bypasses = rule._bypasses,
            Helpers = rule._helper.Length > 0 ? [rule._helper] : [],
        };
    }

    private void Add(string option, string value, string second, bool isNegated)
    {
        switch (option)
        {
            case "-m" or "--match":
                _module = value;
                break;
            case "-j" or "-g":
                SetTarget(value, option == "-g");
                break;
            case "-i" or "-o" or "-p" or "-s" or "-d" or "--dport" or "--sport" or "--dports" or "--sports" or "--ports":
                _conditions.Add(new Condition(Field(option), value.Split(','), isNegated));
                break;
            case "--ctstate" or "--state" or "--ctstatus":
                // They are in capitals here, and in nft are not.
                _conditions.Add(new Condition(Field(option), value.ToLowerInvariant().Split(','), isNegated));
                break;
            case "--queue-num" or "--queue-balance":
                _ = PortRange.TryParse(value, out _queues);
                break;
            case "--queue-bypass":
                _bypasses = true;
                break;
            case "--ctdir":
                _conditions.Add(new Condition(PacketField.ConnectionDirection, [value.ToLowerInvariant()], isNegated));
                break;
            case "--ctorigdst":
                _conditions.Add(new Condition(PacketField.OriginalDestination, [value], isNegated));
                break;
            case "--pkt-type":
                _conditions.Add(new Condition(PacketField.FrameType, [value == "unicast" ? "host" : value], isNegated));
                break;
            case "--set" when _module == "recent" && !isNegated:
            case "--name" or "--mask" or "--rsource" or "--rdest" when _module == "recent":
                // To note who came is no condition.
                break;
            case "--src-type" or "--dst-type":
                _conditions.Add(new Condition(Field(option), value.ToLowerInvariant().Split(','), isNegated));
                break;
            case "--limit-iface-in" or "--limit-iface-out":
                // Peers come by the interface that has the address they connect to.
                break;
            case "--syn" or "--tcp-flags":
                bool isOfSyn = option == "--syn" || (Flags(value).Contains("SYN") ? Flags(second) is ["SYN"] : Flags(second).Length == 0);
                _conditions.Add(new Condition(PacketField.TcpFlags, isOfSyn ? ["syn"] : [], isNegated));
                break;
            case "--mark" or "--set-xmark" or "--set-mark" or "--tproxy-mark":
                AddMark(option, value);
                break;
            case "--save-mark" or "--restore-mark":
                _copy = (option == "--save-mark" ? MarkUseKind.SetConnection : MarkUseKind.Restore, uint.MaxValue, uint.MaxValue);
                break;
            case "--nfmask" when _copy is { } copy:
                _copy = copy with { PacketMask = Number(value) };
                break;
            case "--ctmask" when _copy is { } copy:
                _copy = copy with { ConnectionMask = Number(value) };
                break;
            case "--helper" when _module == "CT":
                _helper = value;
                break;
            case "--to-destination":
                _target = value;
                break;
            case "--notrack":
                _leavesUntracked = true;
                break;
            case "--zone" or "--zone-orig" or "--zone-reply":
                _setsZone = true;
                break;
            case "--comment":
                break;
            case "--limit" or "--hashlimit-upto" or "--connlimit-upto" when !isNegated:
                // Connects of peers are few: they stay below it.
                break;
            case "--limit-burst" or "--connlimit-mask" or "--connlimit-saddr" or "--connlimit-daddr"
                or "--hashlimit-burst" or "--hashlimit-mode" or "--hashlimit-name" or "--hashlimit-srcmask" or "--hashlimit-dstmask"
                or "--hashlimit-htable-size" or "--hashlimit-htable-max" or "--hashlimit-htable-expire" or "--hashlimit-htable-gcinterval":
                break;
            default:
                // The options of a target narrow nothing; those of a match do, nobody knows how.
                if (_target.Length == 0 && _action == RuleAction.Continue)
                {
                    _conditions.Add(Condition.Unknown);
                }

                break;
        }
    }

    private static PacketField Field(string option) => option switch
    {
        "-i" => PacketField.InInterface,
        "-o" => PacketField.OutInterface,
        "-p" => PacketField.Protocol,
        "-s" => PacketField.SourceAddress,
        "-d" => PacketField.DestinationAddress,
        "--dport" or "--dports" => PacketField.DestinationPort,
        "--sport" or "--sports" => PacketField.SourcePort,
        "--ctstate" or "--state" => PacketField.ConnectionState,
        "--ctstatus" => PacketField.ConnectionStatus,
        "--src-type" => PacketField.SourceType,
        "--dst-type" => PacketField.DestinationType,
        _ => PacketField.Other,
    };

    private static string[] Flags(string value) => value switch
    {
        "ALL" => ["FIN", "SYN", "RST", "PSH", "ACK", "URG"],
        "NONE" => [],
        _ => value.Split(',', StringSplitOptions.RemoveEmptyEntries),
    };

    private void SetTarget(string target, bool isGoto)
    {
        _action = target switch
        {
            "ACCEPT" => RuleAction.Accept,
            "DROP" => RuleAction.Drop,
            "REJECT" => RuleAction.Reject,
            "RETURN" => RuleAction.Return,
            "MASQUERADE" or "SNAT" => RuleAction.SourceNat,
            "NETMAP" => RuleAction.NetworkMap,
            "DNAT" => RuleAction.DestinationNat,
            "REDIRECT" => RuleAction.Redirect,
            "TPROXY" => RuleAction.TransparentProxy,
            "NFQUEUE" => RuleAction.Queue,
            "MARK" or "CONNMARK" or "LOG" or "NFLOG" or "TCPMSS" or "TTL" or "CT" or "CLASSIFY" or "DSCP" or "TOS" or "SET" or "TRACE"
                or "FLOWOFFLOAD" or "CHECKSUM" or "AUDIT" or "TEE" or "NOTRACK" or "CONNSECMARK" or "SECMARK" => RuleAction.Continue,
            _ => isGoto ? RuleAction.Goto : RuleAction.Jump,
        };
        _target = target;
        _module = target;
        _offloads = target == "FLOWOFFLOAD";
        _leavesUntracked = target == "NOTRACK";
    }

    private void AddMark(string option, string text)
    {
        string[] parts = text.Split('/');
        (uint value, uint mask) = (Number(parts[0]), parts.Length > 1 ? Number(parts[1]) : uint.MaxValue);
        MarkUseKind kind = (option, _module) switch
        {
            ("--mark", "connmark") => MarkUseKind.CompareConnection,
            ("--mark", _) => MarkUseKind.ComparePacket,
            (_, "CONNMARK") => MarkUseKind.SetConnection,
            _ => MarkUseKind.SetPacket,
        };
        _marks.Add(new MarkUse(kind, mask, value));
        if (option == "--mark")
        {
            _conditions.Add(Condition.Unknown);
        }
    }

    private void AddCopy()
    {
        if (_copy is not { } copy)
        {
            return;
        }

        _marks.Add(new MarkUse(copy.Kind, copy.ConnectionMask, 0));
        if (copy.Kind == MarkUseKind.Restore)
        {
            _marks.Add(new MarkUse(MarkUseKind.SetPacket, copy.PacketMask, 0));
        }
    }

    private static uint Number(string text)
    {
        bool isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        NumberStyles style = isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        return uint.TryParse(text.AsSpan(isHex ? 2 : 0), style, CultureInfo.InvariantCulture, out uint number) ? number : uint.MaxValue;
    }

    /// <summary>Words, of which those with spaces stand in quotes, and quotes in them behind a backslash.</summary>
    private static List<Token> Split(string text)
    {
        var tokens = new List<Token>();
        var token = new StringBuilder();
        bool isQuoted = false, isAny = false, wasQuoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char letter = text[i];
            if (letter == '\\' && isQuoted && i + 1 < text.Length)
            {
                token.Append(text[++i]);
            }
            else if (letter == '"')
            {
                (isQuoted, isAny, wasQuoted) = (!isQuoted, true, true);
            }
            else if (letter == ' ' && !isQuoted)
            {
                Flush();
            }
            else
            {
                token.Append(letter);
                isAny = true;
            }
        }

        Flush();
        return tokens;

        void Flush()
        {
            if (isAny)
            {
                tokens.Add(new Token(token.ToString(), wasQuoted));
                token.Clear();
                (isAny, wasQuoted) = (false, false);
            }
        }
    }

    /// <summary>A word of a rule; what stood in quotes is a value, whatever it looks like.</summary>
    private readonly record struct Token(string Text, bool IsQuoted)
    {
        public bool IsNegation => !IsQuoted && Text == "!";

        public bool IsOption => !IsQuoted && Text.Length > 1 && Text[0] == '-' && (Text[1] == '-' || char.IsAsciiLetter(Text[1]));
    }
}
