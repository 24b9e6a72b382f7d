using System.Globalization;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>Neighbouring port numbers, both ends included.</summary>
internal readonly record struct PortRange(ushort First, ushort Last)
{
    /// <summary>Each of them.</summary>
    public IEnumerable<ushort> All => Enumerable.Range(First, Last - First + 1).Select(port => (ushort)port);

    /// <summary>All ports there are, cut where one of some numbers or ranges begins or ends.</summary>
    /// <param name="values">Numbers and ranges; what is neither cuts nothing.</param>
    public static IEnumerable<PortRange> Cut(IEnumerable<string> values)
    {
        var starts = new SortedSet<int> { 0 };
        foreach (string value in values)
        {
            if (TryParse(value, out PortRange range))
            {
                starts.Add(range.First);
                starts.Add(range.Last + 1);
            }
        }

        starts.Remove(ushort.MaxValue + 1);
        return starts.Zip(starts.Skip(1).Append(ushort.MaxValue + 1), (first, next) => new PortRange((ushort)first, (ushort)(next - 1)));
    }

    /// <summary>Reads a number, or a range such as 1000-2000 (nft) or 1000:2000 (iptables).</summary>
    public static bool TryParse(string text, out PortRange range)
    {
        int cut = text.AsSpan().IndexOfAny('-', ':');
        bool isRead = TryPort(cut < 0 ? text : text.AsSpan(0, cut), out ushort first);
        ushort last = first;
        isRead = isRead && (cut < 0 || TryPort(text.AsSpan(cut + 1), out last)) && first <= last;
        range = new PortRange(first, last);
        return isRead;
    }

    private static bool TryPort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
