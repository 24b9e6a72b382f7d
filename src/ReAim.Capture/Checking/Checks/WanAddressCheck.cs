using ReAim.Alg.Wire;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether peers can reach this gateway's address.</summary>
internal static class WanAddressCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        NetworkLink[] wan = [.. situation.Wan];
        if (wan.Length == 0)
        {
            yield break;
        }

        if (situation.WanAddresses.Count == 0)
        {
            yield return Finding.Problem(
                $"{string.Join(" and ", wan.Select(link => link.Name))} (--wan) has no IPv4 address",
                "peers connect to that address: connect the interface to the Internet first");
            yield break;
        }

        foreach (NetworkLink link in wan)
        {
            yield return Judge(link, situation.Options.Public);
        }
    }

    private static Finding Judge(NetworkLink link, Ipv4Address? given)
    {
        if (link.Addresses.Count == 0)
        {
            return Finding.Warning($"{link.Name} has no IPv4 address yet", "connections by it are helped once it has one");
        }

        // One public address is enough: each connection gets the one that it has beyond this gateway.
        if (link.Addresses.Any(address => !address.IsPrivate()))
        {
            return Finding.Ok($"{link.Name} has a public address");
        }

        string privateAddress = $"{link.Name} has the private address {link.Addresses[0]}: another router translates once more "
            + "between here and the Internet";
        return given is { } known
            ? Finding.Note($"{privateAddress}; offers name {known} instead", "forward the ports there to this gateway, or nobody gets through")
            : Finding.Warning(
                $"{privateAddress}, so peers cannot connect to the address that offers get",
                "make that router a bridge or run reaim there; or forward its ports to this gateway and give --public ADDRESS");
    }
}
