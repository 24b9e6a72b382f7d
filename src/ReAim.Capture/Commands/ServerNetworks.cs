using System.Net;
using System.Net.Sockets;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;

namespace ReAim.Capture.Commands;

/// <summary>The values of <c>--server</c>: networks, addresses and names.</summary>
internal static class ServerNetworks
{
    private const int WholeAddress = 32;

    /// <summary>Asks the resolver for the IPv4 addresses of names; an address is a network of its own.</summary>
    /// <exception cref="BadInputException">One of them is none of these, or has no IPv4 address.</exception>
    public static IReadOnlyList<Ipv4Network> Resolve(IEnumerable<string> texts) => [.. texts.SelectMany(Resolve).Distinct()];

    private static IEnumerable<Ipv4Network> Resolve(string text)
    {
        if (Ipv4Network.TryParse(text, out Ipv4Network network))
        {
            return [network];
        }

        if (Ipv4Address.TryParse(text, out Ipv4Address address))
        {
            return [new Ipv4Network(address, WholeAddress)];
        }

        // Numbers with a dot missing are names to a resolver, and odd ones.
        if (text.Contains('/', StringComparison.Ordinal) || text.All(letter => char.IsAsciiDigit(letter) || letter is '.'))
        {
            throw new BadInputException($"--server {text} is not an IPv4 network: write it like 198.51.100.0/24, or a host's name.");
        }

        return Lookup(text);
    }

    private static Ipv4Network[] Lookup(string name)
    {
        try
        {
            IPAddress[] addresses = Dns.GetHostAddresses(name, AddressFamily.InterNetwork);
            if (addresses.Length > 0)
            {
                return [.. addresses.Select(found => new Ipv4Network(Ipv4Address.Read(found.GetAddressBytes()), WholeAddress))];
            }
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            // Said below: why a resolver knows no answer helps nobody.
        }

        throw new BadInputException($"--server {name} has no IPv4 address that this machine's resolver knows: check the name, or give an address.");
    }
}
