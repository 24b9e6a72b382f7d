using ReAim.Alg;

namespace ReAim.Capture.Inspection;

/// <summary>What an inspection found.</summary>
internal sealed class InspectionReport
{
    /// <summary>The capture's name; empty if the packets came from elsewhere.</summary>
    public string Input { get; set; } = "";

    /// <summary>True if the capture ended in the middle of a record.</summary>
    public bool IsTruncated { get; set; }

    /// <summary>Packets, of whatever kind.</summary>
    public required long Packets { get; init; }

    /// <summary>When the first packet was seen: nanoseconds since 1970. All times of a ladder count from here.</summary>
    public required long Start { get; init; }

    /// <summary>When the last packet was seen.</summary>
    public required long End { get; init; }

    /// <summary>All TCP connections, in order of appearance.</summary>
    public required IReadOnlyList<Conversation> Conversations { get; init; }

    /// <summary>All rendezvous, in order of appearance.</summary>
    public required IReadOnlyList<RendezvousStory> Rendezvous { get; init; }

    /// <summary>Packets that are in no connection, and why.</summary>
    public required IReadOnlyList<(Reason Reason, long Count)> Skipped { get; init; }

    /// <summary>Limits of the inspection that were reached, each as a sentence.</summary>
    public required IReadOnlyCollection<string> Limits { get; init; }

    /// <summary>Packets of which the capture has only the beginning.</summary>
    public long CutPackets { get; set; }

    /// <summary>What says so, and what helps; null if all are whole.</summary>
    public string? CutSentence { get; set; }

    /// <summary>Packets as they went, if the capture is one of <c>run --record</c>; they are not among <see cref="Packets"/>.</summary>
    public long Departures { get; init; }

    /// <summary>The OSCAR connections.</summary>
    public IEnumerable<Conversation> Oscar => Conversations.Where(conversation => conversation.Kind == ConnectionKind.Oscar);

    /// <summary>Peer and proxy connections, and tries at them, that belong to no rendezvous of this capture.</summary>
    public IEnumerable<Conversation> Strays
    {
        get
        {
            HashSet<Conversation> known = [.. Rendezvous.SelectMany(story => story.Connections).Select(connection => connection.Conversation)];
            return Conversations.Where(conversation =>
                conversation.Kind is ConnectionKind.Oft or ConnectionKind.Odc or ConnectionKind.Proxy && !known.Contains(conversation));
        }
    }
}
