namespace ReAim.Capture.Translators.Relay;

/// <summary>What can become of a peer's connection.</summary>
internal enum RelayEvent
{
    /// <summary>The kernel gave it to us.</summary>
    Accepted,

    /// <summary>Both ends are connected, and bytes go both ways.</summary>
    Carried,

    /// <summary>The engine did not let this peer in.</summary>
    Refused,

    /// <summary>There were as many connections as there may be.</summary>
    Full,

    /// <summary>There were as many by its mapping as there may be.</summary>
    MappingFull,

    /// <summary>There were as many of this peer as there may be.</summary>
    PeerFull,

    /// <summary>The LAN host refused it.</summary>
    LanRefused,

    /// <summary>The LAN host did not answer.</summary>
    LanSilent,

    /// <summary>One end reset it, so the other end was reset.</summary>
    Reset,

    /// <summary>It was silent for too long.</summary>
    Idle,

    /// <summary>It could not be accepted: no file could be opened, for one.</summary>
    AcceptFailed,
}

/// <summary>How often each of them happened. Counted on any thread.</summary>
internal sealed class RelayCounters
{
    private static readonly string[] s_words =
    [
        "relay-accepted", "relay-carried", "relay-refused", "relay-full", "relay-mapping-full", "relay-peer-full", "relay-lan-refused", "relay-lan-silent",
        "relay-reset", "relay-idle", "relay-accept-failed",
    ];

    private readonly long[] _counts = new long[s_words.Length];

    /// <summary>Counts one.</summary>
    public void Count(RelayEvent what) => Interlocked.Increment(ref _counts[(int)what]);

    /// <summary>All of them, by word.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> ToList() =>
        [.. s_words.Select((word, index) => KeyValuePair.Create(word, Interlocked.Read(ref _counts[index])))];
}
