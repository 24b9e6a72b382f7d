using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>Neighbouring IPv4 addresses, both ends included.</summary>
internal readonly record struct AddressRange(Ipv4Address First, Ipv4Address Last)
{
    /// <summary>True for all there are.</summary>
    public bool IsEverything => First.Value == 0 && Last.Value == uint.MaxValue;

    /// <summary>One address.</summary>
    public static AddressRange Of(Ipv4Address address) => new(address, address);

    /// <summary>A network.</summary>
    public static AddressRange Of(Ipv4Network network) =>
        new(network.Address, new Ipv4Address(network.Address.Value | (uint)(0xFFFF_FFFFul >> network.Length)));

    /// <summary>True if all of the other one lies in this one.</summary>
    public bool Contains(AddressRange other) => First.Value <= other.First.Value && other.Last.Value <= Last.Value;

    /// <summary>True if they share an address.</summary>
    public bool Overlaps(AddressRange other) => First.Value <= other.Last.Value && other.First.Value <= Last.Value;

    /// <summary>Reads an address, a network in CIDR notation, or a range such as 1.1.1.1-1.1.1.9.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AddressRange range)
    {
        range = default;
        int dash = text.IndexOf('-');
        if (dash >= 0)
        {
            bool isRange = Ipv4Address.TryParse(text[..dash], out Ipv4Address first);
            isRange &= Ipv4Address.TryParse(text[(dash + 1)..], out Ipv4Address last);
            range = new AddressRange(first, last);
            return isRange;
        }

        if (Ipv4Network.TryParse(text, out Ipv4Network network))
        {
            range = Of(network);
            return true;
        }

        bool isAddress = Ipv4Address.TryParse(text, out Ipv4Address address);
        range = Of(address);
        return isAddress;
    }
}
