using ReAim.Alg;

namespace ReAim.Capture.Inspection;

/// <summary>
/// Reads packets in order of time and tells what the OSCAR connections among them said, and which peer connections followed.
/// Whatever comes in, nothing is thrown; what could not be followed is in the report.
/// </summary>
internal sealed class Inspector
{
    private readonly byte[] _scratch = new byte[CapturedSegment.ScratchLength];
    private readonly SortedDictionary<Reason, long> _skipped = [];
    private readonly RendezvousBook _rendezvous;
    private readonly Limits _limits;
    private readonly TcpTable _table;
    private readonly bool _showsText;
    private Inspector? _departures;
    private long _packets;
    private long _start;
    private long _end;

    /// <summary>Makes one.</summary>
    /// <param name="showsText">True to keep the texts of messages.</param>
    /// <param name="limits">What it may use; null for the usual.</param>
    public Inspector(bool showsText = false, Limits? limits = null)
    {
        _showsText = showsText;
        _limits = limits ?? new Limits();
        _rendezvous = new RendezvousBook(_limits);
        _table = new TcpTable(_limits, new InspectionContext(_rendezvous, showsText));
    }

    /// <summary>Takes an IPv4 datagram.</summary>
    /// <param name="datagram">The datagram, from its IP header on; it may be cut off, or followed by padding.</param>
    /// <param name="time">When it was seen: nanoseconds, from any epoch.</param>
    public void Add(Span<byte> datagram, long time)
    {
        Count(time);
        if (CapturedSegment.TryRead(datagram, _scratch, out CapturedSegment segment, out Reason reason))
        {
            reason = _table.Take(segment, time);
        }
        else if (reason == Reason.WrongTcpChecksum)
        {
            _table.CountWrongChecksum(segment);
        }
        else if (reason == Reason.NotTcp && UnreachableNotice.TryRead(datagram, out UnreachableNotice notice))
        {
            _table.Take(notice);
            return;
        }

        Skip(reason);
    }

    /// <summary>Takes a packet that is not IPv4: it is only counted.</summary>
    public void AddOther(long time)
    {
        Count(time);
        Skip(Reason.NotIpv4);
    }

    /// <summary>Takes a datagram as the gateway let it go, which <see cref="Add"/> took as it came.</summary>
    public void AddDeparture(Span<byte> datagram, long time)
    {
        _departures ??= new Inspector(_showsText, _limits);
        _departures.Add(datagram, time);
    }

    /// <summary>All packets were taken. Call it once.</summary>
    public InspectionReport Finish()
    {
        _table.Finish();
        if (_departures is not null)
        {
            _departures._table.Finish();
            RewrittenMessages.Note(_table.All, _departures._table.All);
        }

        _rendezvous.Match(_table.All);
        return new InspectionReport
        {
            Packets = _packets,
            Departures = _departures?._packets ?? 0,
            Start = _start,
            End = _end,
            Conversations = _table.All,
            Rendezvous = _rendezvous.Stories,
            Skipped = [.. _skipped.Select(entry => (entry.Key, entry.Value))],
            Limits = _limits.Notes,
        };
    }

    private void Count(long time)
    {
        (_start, _end) = _packets++ == 0 ? (time, time) : (Math.Min(_start, time), Math.Max(_end, time));
    }

    private void Skip(Reason reason)
    {
        if (reason != Reason.None)
        {
            _skipped[reason] = _skipped.GetValueOrDefault(reason) + 1;
        }
    }
}
