namespace ReAim.Capture.Checking.Firewall;

/// <summary>A packet, as far as it is known; a field that is null may be anything.</summary>
internal sealed record PacketProfile
{
    /// <summary>The interface it came by; null if it may be any, empty where a hook knows none.</summary>
    public string? InInterface { get; init; }

    /// <summary>The interface it leaves by; null if it may be any, empty where a hook knows none.</summary>
    public string? OutInterface { get; init; }

    /// <summary>Its destination port; every packet here is TCP.</summary>
    public ushort? DestinationPort { get; init; }

    /// <summary>Its source port.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>Where it goes to.</summary>
    public AddressRange? Destination { get; init; }

    /// <summary>Where it comes from.</summary>
    public AddressRange? Source { get; init; }

    /// <summary>True if it is a connection's first segment, whatever conntrack says.</summary>
    public bool IsOpening { get; init; }

    /// <summary>"original" or "reply".</summary>
    public string? Direction { get; init; }

    /// <summary>Where its connection's first packet went to before anybody translated it.</summary>
    public AddressRange? OriginalDestination { get; init; }

    /// <summary>What the routes say of its destination: "local" if that is this machine, "unicast" if it is another.</summary>
    public string? DestinationType { get; init; }

    /// <summary>The same of its source.</summary>
    public string? SourceType { get; init; }

    /// <summary>What conntrack says of its connection: "new" and the like, "dnat" and the like; empty if that is not known.</summary>
    public IReadOnlyList<string> Connection { get; init; } = [];

    /// <summary>Whether it meets all conditions.</summary>
    public Answer Meets(IReadOnlyList<Condition> conditions)
    {
        Answer all = Answer.Yes;
        foreach (Condition condition in conditions)
        {
            Answer one = Meets(condition);
            all = one < all ? one : all;
        }

        return all;
    }

    private Answer Meets(Condition condition)
    {
        Answer answer = condition.Field switch
        {
            PacketField.InInterface => Name(InInterface, condition.Values),
            PacketField.OutInterface => Name(OutInterface, condition.Values),
            PacketField.Family => Any(condition.Values, ["ipv4", "ip", "2"]),
            PacketField.Protocol => Any(condition.Values, ["tcp", "6", "all", "0"]),
            PacketField.DestinationPort => Port(DestinationPort, condition.Values),
            PacketField.SourcePort => Port(SourcePort, condition.Values),
            PacketField.SourceAddress => Address(Source, condition.Values),
            PacketField.DestinationAddress => Address(Destination, condition.Values),
            PacketField.SourceType => SourceType is null ? Answer.Maybe : Any(condition.Values, [SourceType]),
            PacketField.DestinationType => DestinationType is null ? Answer.Maybe : Any(condition.Values, [DestinationType]),
            PacketField.ConnectionDirection => Direction is null ? Answer.Maybe : Any(condition.Values, [Direction]),
            PacketField.OriginalDestination => Address(OriginalDestination, condition.Values),

            // What is routed was for this machine.
            PacketField.FrameType => Any(condition.Values, ["host"]),
            PacketField.ConnectionState => Connection.Count == 0 ? Answer.Maybe : Any(condition.Values, Connection),
            PacketField.ConnectionStatus => Status(condition.Values),
            PacketField.TcpFlags => !IsOpening && !Connection.Contains("new") ? Answer.Maybe : Any(condition.Values, ["syn"]),
            _ => Answer.Maybe,
        };
        return !condition.IsNegated || answer == Answer.Maybe ? answer : answer == Answer.Yes ? Answer.No : Answer.Yes;
    }

    /// <summary>A connection that begins has no status but what is named; what one has that goes on is not all known.</summary>
    private Answer Status(IReadOnlyList<string> values) =>
        values.Any(Connection.Contains) ? Answer.Yes
        : Connection.Contains("new") || values.All(value => value == "dnat" && Connection.Count > 0) ? Answer.No
        : Answer.Maybe;

    private static Answer Any(IReadOnlyList<string> values, IReadOnlyList<string> known) =>
        values.Any(known.Contains) ? Answer.Yes : Answer.No;

    private static Answer Name(string? name, IReadOnlyList<string> values)
    {
        if (name is null)
        {
            return Answer.Maybe;
        }

        // nft ends a prefix with an asterisk, iptables with a plus.
        bool isMeant = values.Any(value => value == name
            || (value.EndsWith('*') && name.StartsWith(value[..^1], StringComparison.Ordinal))
            || (value.EndsWith('+') && name.StartsWith(value[..^1], StringComparison.Ordinal)));
        return isMeant ? Answer.Yes : Answer.No;
    }

    private static Answer Port(ushort? port, IReadOnlyList<string> values)
    {
        if (port is null)
        {
            return Answer.Maybe;
        }

        foreach (string value in values)
        {
            if (!PortRange.TryParse(value, out PortRange range))
            {
                return Answer.Maybe;
            }

            if (port >= range.First && port <= range.Last)
            {
                return Answer.Yes;
            }
        }

        return Answer.No;
    }

    private static Answer Address(AddressRange? address, IReadOnlyList<string> values)
    {
        Answer answer = Answer.No;
        foreach (string value in values)
        {
            if (!AddressRange.TryParse(value, out AddressRange range))
            {
                answer = Answer.Maybe;
            }
            else if (range.IsEverything || (address is { } known && range.Contains(known)))
            {
                return Answer.Yes;
            }
            else if (address is null || range.Overlaps(address.Value))
            {
                answer = Answer.Maybe;
            }
        }

        return answer;
    }
}
