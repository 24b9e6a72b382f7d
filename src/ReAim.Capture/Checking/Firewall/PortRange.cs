using System.Globalization;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>Neighbouring port numbers, both ends included.</summary>
internal readonly record struct PortRange(ushort First, ushort Last)
{
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
