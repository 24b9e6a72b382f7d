using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation.Userspace;

/// <summary>The userspace translator's limits. Times are nanoseconds; they are those of RFC 5382 REQ-5.</summary>
public sealed record TranslatorOptions
{
    /// <summary>
    /// True if every connection that leaves the LAN gets the public address, because nobody else translates here. Otherwise
    /// only connections through mappings are translated.
    /// </summary>
    public bool Masquerade { get; init; }

    /// <summary>
    /// The address that packets have here instead of the engine's public one: another NAT in front turns the one into the other. Null
    /// if they have the public one.
    /// </summary>
    public Ipv4Address? LocalAddress { get; init; }

    /// <summary>Sessions at once.</summary>
    public int MaxSessions { get; init; } = 65_536;

    /// <summary>Sessions at once whose handshake is not complete: a flood of SYNs overwrites the oldest.</summary>
    public int MaxHalfOpenSessions { get; init; } = 4_096;

    /// <summary>How long an established connection may be silent: two hours and four minutes.</summary>
    public long EstablishedTime { get; init; } = 7_440 * EngineOptions.Second;

    /// <summary>How long one that is opening or closing may be silent: four minutes.</summary>
    public long TransitoryTime { get; init; } = 240 * EngineOptions.Second;

    /// <summary>First public port for a connection that cannot keep its own.</summary>
    public ushort FirstSourcePort { get; init; } = 32_768;

    /// <summary>Last public port for a connection that cannot keep its own.</summary>
    public ushort LastSourcePort { get; init; } = 60_999;
}
