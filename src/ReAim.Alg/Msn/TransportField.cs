namespace ReAim.Alg.Msn;

/// <summary>A field of a direct connection's offer that has addresses or ports (PROTOCOL-MSN 3).</summary>
/// <param name="Kind">What it has.</param>
/// <param name="Group">Of which end.</param>
/// <param name="IsReversed">True if name and value stand in reverse order, as later clients write them.</param>
internal readonly record struct TransportField(PlaceKind Kind, PlaceGroup Group, bool IsReversed)
{
    private const int LongestName = 32;

    /// <summary>Finds a field by its name, in capitals or not.</summary>
    public static bool TryFind(ReadOnlySpan<byte> name, out TransportField field)
    {
        field = default;
        if (name.Length > LongestName)
        {
            return false;
        }

        Span<byte> reversed = stackalloc byte[LongestName];
        reversed = reversed[..name.Length];
        name.CopyTo(reversed);
        reversed.Reverse();
        return TryFind(name, isReversed: false, out field) || TryFind(reversed, isReversed: true, out field);
    }

    private static bool TryFind(ReadOnlySpan<byte> name, bool isReversed, out TransportField field)
    {
        field = default;
        bool isInternal = StartsWith(name, "IPv4Internal"u8);
        if (!isInternal && !StartsWith(name, "IPv4External"u8))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = name["IPv4Internal"u8.Length..];
        PlaceKind? kind = Is(rest, "-Addrs"u8) ? PlaceKind.Address
            : Is(rest, "-Port"u8) ? PlaceKind.Port
            : Is(rest, "AddrsAndPorts"u8) ? PlaceKind.End
            : null;
        field = new TransportField(kind.GetValueOrDefault(), isInternal ? PlaceGroup.Internal : PlaceGroup.External, isReversed);
        return kind is not null;
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name) => System.Text.Ascii.EqualsIgnoreCase(text, name);

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name) => text.Length >= name.Length && Is(text[..name.Length], name);
}
