using ReAim.Alg.Wire;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway;
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

        if (situation.Options.Public is { } given && Objection(situation, given) is { } objection)
        {
            yield return Finding.Warning(
                $"--public {given} is {objection}, so peers on the Internet cannot connect to what offers say",
                "give the address by which the Internet reaches this gateway, or leave --public out");
        }
    }

    /// <summary>What speaks against an address that was given as the public one; null if nothing does.</summary>
    private static string? Objection(GatewaySituation situation, Ipv4Address given) =>
        situation.Lan.FirstOrDefault(link => link.Networks.Any(network => network.Contains(given))) is { } lan ? $"an address of the LAN behind {lan.Name}"
        : given.IsPrivate() ? "no address of the Internet"
        : null;

    private static Finding Judge(NetworkLink link, Ipv4Address? given)
    {
        if (link.Addresses.Count == 0)
        {
            return Finding.Warning($"{link.Name} has no IPv4 address yet", "connections by it are helped once it has one");
        }

        // One public address is enough: each connection gets the one that it has beyond this gateway.
        NatInFront?[] all = [.. link.Addresses.Select(NatInFront.Of)];
        if (all.Contains(null))
        {
            return Finding.Ok($"{link.Name} has a public address");
        }

        NatInFront front = all[0]!;
        string what = $"{link.Name} has {front.Address}, {front.What}";
        return given is { } known
            ? Finding.Note($"{what}; offers name {known} instead", Forward(front, known))
            : Finding.Warning($"{what}, so peers cannot connect to the address that offers get", front.Remedy);
    }

    private static string Forward(NatInFront front, Ipv4Address known) => front.IsProviders
        ? $"only whoever has {known} can lead its ports to this gateway, as a VPN's gateway may; a provider seldom does, and then nobody gets through"
        : "forward the ports there to this gateway, or nobody gets through";
}
