using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.World;

/// <summary>Who lives where in the tests: the hosts of the vectors and recordings.</summary>
internal static class Addresses
{
    public static readonly Ipv4Address Alice = Parse("192.168.7.10");
    public static readonly Ipv4Address Dave = Parse("192.168.7.20");
    public static readonly Ipv4Address Gateway = Parse("203.0.113.7");
    public static readonly Ipv4Address Server = Parse("198.51.100.5");
    public static readonly Ipv4Address Bob = Parse("198.51.100.77");

    public static Ipv4Address Parse(string text) =>
        Ipv4Address.TryParse(text, out Ipv4Address address) ? address : throw new ArgumentException(text);
}
