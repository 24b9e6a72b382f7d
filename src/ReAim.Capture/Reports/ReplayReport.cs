using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Capture.Captures;

namespace ReAim.Capture.Reports;

/// <summary>What a replay did.</summary>
internal sealed class ReplayReport
{
    private readonly Dictionary<(FlowKey Flow, ulong Cookie), MappingRow> _open = [];

    /// <summary>The recording's path.</summary>
    public required string Input { get; init; }

    /// <summary>The output's path; null if there is none.</summary>
    public required string? Output { get; init; }

    /// <summary>Packets read.</summary>
    public long PacketsIn { get; set; }

    /// <summary>Packets written, or that would have been.</summary>
    public long PacketsOut { get; set; }

    /// <summary>Packets that left other than they came.</summary>
    public long Rewritten { get; set; }

    /// <summary>Packets whose ends were translated.</summary>
    public long Translated { get; set; }

    /// <summary>Packets that still waited when what they brought had been dealt with.</summary>
    public long Held { get; set; }

    /// <summary>True if the recording ended in the middle of a record.</summary>
    public bool IsTruncated { get; set; }

    /// <summary>Packets of which the recording has only the beginning.</summary>
    public SnapLength Cut { get; } = new();

    /// <summary>One row for each offer, in order of opening.</summary>
    public List<MappingRow> Mappings { get; } = [];

    /// <summary>The servers to which clients were sent.</summary>
    public List<ExpectedServer> Servers { get; } = [];

    /// <summary>How often each reason fell.</summary>
    public required ReasonCounters Reasons { get; init; }

    /// <summary>An offer got its mapping. Offers are pooled, so what is shown of them is copied at once.</summary>
    public void Open(in Effect effect)
    {
        var row = new MappingRow(effect.Offer!);
        Mappings.Add(row);
        _open[(effect.Flow, effect.Offer!.Cookie)] = row;
    }

    /// <summary>A peer connected.</summary>
    public void Connect(in Effect effect)
    {
        if (_open.TryGetValue((effect.Flow, effect.Offer!.Cookie), out MappingRow? row))
        {
            row.ConnectedFrom = effect.Offer.ConnectedFrom;
        }
    }

    /// <summary>An offer gave its mapping back.</summary>
    public void Close(in Effect effect)
    {
        if (_open.Remove((effect.Flow, effect.Offer!.Cookie), out MappingRow? row))
        {
            row.Closed = effect.Time;
            row.Reason = effect.Reason;
        }
    }
}
