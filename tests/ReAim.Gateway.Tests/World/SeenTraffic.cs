namespace ReAim.Gateway.Tests.World;

/// <summary>A capture, and what is wrong with it.</summary>
internal sealed class SeenTraffic
{
    /// <summary>Two ticks of a kernel with 250 in a second, which may be hardly more than one, and a capture's error; in seconds.</summary>
    private const double ShortestPatience = 0.003;

    private SeenTraffic(IReadOnlyList<SeenSegment> segments) => Segments = segments;

    public IReadOnlyList<SeenSegment> Segments { get; }

    /// <summary>Has tshark read a capture; its filter narrows it down.</summary>
    public static SeenTraffic Read(string file, string filter = "tcp")
    {
        string[] checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
        IEnumerable<string> fields = SeenSegment.Fields.SelectMany(field => (string[])["-e", field]);
        string text = Shell.Run("tshark", ["-r", file, "-n", .. checks, "-Y", $"{filter} && !icmp", "-T", "fields", .. fields]);
        return new SeenTraffic([.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(SeenSegment.Parse)]);
    }

    /// <summary>Segments whose checksums are wrong.</summary>
    /// <param name="offloads">True: those that only an interface would complete are right.</param>
    public IEnumerable<SeenSegment> WithWrongChecksum(bool offloads) =>
        Segments.Where(segment => !segment.IsIpChecksumGood || !(segment.IsChecksumGood || (offloads && segment.IsChecksumPartial)));

    /// <summary>Segments that came twice, in the wrong order, or behind a gap, though nothing was lost.</summary>
    /// <param name="other">What the other side of the gateway saw.</param>
    /// <remarks>
    /// A probe is no sign of a fault: Linux repeats its last segment if an acknowledgement takes longer than two round trips, which
    /// are nothing here (RFC 8985 7). So a repetition passes if its first copy is older than a kernel's shortest patience, on the
    /// side that its sender is on: there the gateway has not delayed it yet. Nor is a repetition that the receiver has asked for by
    /// repeating its acknowledgement: whatever a gateway overtakes, loses or doubles is noticed itself, where it leaves. What is
    /// overtaken behind that, on the way through two processors into a host, is not the gateway's.
    /// </remarks>
    public IEnumerable<SeenSegment> OutOfSequence(SeenTraffic? other = null) => Segments.Where(segment =>
        segment.Noticed.Count > 0
        && !IsProbe(segment)
        && !IsAskedFor(segment)
        && !(other?.Segments.Any(same => same.IsCopyOf(segment) && other.IsProbe(same)) ?? false));

    private bool IsProbe(SeenSegment segment)
    {
        return segment.Noticed.All(name => name.EndsWith("retransmission", StringComparison.Ordinal)) && Segments.Any(first =>
            first.Frame < segment.Frame
            && first.Time <= segment.Time - ShortestPatience
            && first.IsAlong(segment)
            && first.Sequence + first.Length == segment.Sequence + segment.Length);
    }

    /// <summary>Bytes that were seen here before, and for which the receiver has repeated its acknowledgement.</summary>
    private bool IsAskedFor(SeenSegment segment)
    {
        if (!Segments.Any(first => first.Frame < segment.Frame && first.IsAlong(segment) && first.Covers(segment)))
        {
            return false;
        }

        SeenSegment[] answers = [.. Segments.Where(answer => answer.Frame < segment.Frame && answer.IsAgainst(segment)).TakeLast(8)];
        return answers.Count(answer => answer.Length == 0 && answer.Acknowledgement == segment.Sequence) >= 2;
    }

    /// <summary>Segments with an outside end that crossed one side of a gateway another number of times than the other side.</summary>
    /// <param name="other">The other side.</param>
    /// <param name="outside">The address that both sides know.</param>
    public IEnumerable<string> DiffersFrom(SeenTraffic other, string outside)
    {
        Dictionary<string, int> here = CountBy(outside);
        Dictionary<string, int> there = other.CountBy(outside);
        return here.Keys.Union(there.Keys)
            .Where(key => here.GetValueOrDefault(key) != there.GetValueOrDefault(key))
            .Select(key => $"{key}: {here.GetValueOrDefault(key)} here, {there.GetValueOrDefault(key)} there");
    }

    /// <summary>NAT changes the inside's end only: everything else tells which segment it is.</summary>
    private Dictionary<string, int> CountBy(string outside) => Segments
        .Where(segment => segment.Involves(outside))
        .GroupBy(segment => segment.Source.Address.ToString() == outside
            ? $"from {segment.Source} {segment.Numbers}"
            : $"to {segment.Destination} {segment.Numbers}")
        .ToDictionary(group => group.Key, group => group.Count());
}
