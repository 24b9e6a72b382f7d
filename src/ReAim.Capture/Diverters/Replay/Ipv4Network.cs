using System.Globalization;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Diverters.Replay;

/// <summary>An IPv4 network in CIDR notation (RFC 4632).</summary>
/// <param name="Address">Its first address.</param>
/// <param name="Length">How many leading bits all its addresses share.</param>
internal readonly record struct Ipv4Network(Ipv4Address Address, int Length)
{
    /// <summary>Its last address.</summary>
    public Ipv4Address Last => new(Address.Value | ~Mask(Length));

    /// <summary>True if an address is in it.</summary>
    public bool Contains(Ipv4Address address) => (address.Value & Mask(Length)) == Address.Value;

    /// <summary>The network that an address is in; its host bits are ignored.</summary>
    public static Ipv4Network Of(Ipv4Address address, int length) => new(new Ipv4Address(address.Value & Mask(length)), length);

    /// <summary>Reads text such as 192.168.7.0/24; host bits are ignored.</summary>
    /// <exception cref="BadInputException">It is anything else.</exception>
    public static Ipv4Network Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 && Ipv4Address.TryParse(text, out _))
        {
            throw new BadInputException($"--lan {text} is an address, not a network: write {text}/32, or the whole LAN such as 192.168.7.0/24.");
        }

        return TryParse(text, out Ipv4Network network)
            ? network
            : throw new BadInputException($"--lan {text} is not an IPv4 network: write it like 192.168.7.0/24.");
    }

    /// <summary>Reads text such as 192.168.7.0/24; host bits are ignored.</summary>
    /// <param name="text">The text.</param>
    /// <param name="network">The network.</param>
    /// <returns>False if the text is anything else.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Network network)
    {
        network = default;
        int slash = text.IndexOf('/');
        if (slash < 0
            || !Ipv4Address.TryParse(text[..slash], out Ipv4Address address)
            || !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > 32)
        {
            return false;
        }

        network = Of(address, length);
        return true;
    }

    /// <summary>Text such as 192.168.7.0/24.</summary>
    public override string ToString() => $"{Address}/{Length}";

    private static uint Mask(int length) => length == 0 ? 0 : uint.MaxValue << (32 - length);
}
