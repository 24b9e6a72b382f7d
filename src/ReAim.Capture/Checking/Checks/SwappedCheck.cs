using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the clients' side and the Internet's look as if they had been named the wrong way round.</summary>
internal static class SwappedCheck
{
    /// <summary>Looks. A gateway whose LAN really is where its own default route leaves works, so that nothing is refused.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (Evidence(situation) is { } evidence)
        {
            yield return Finding.Warning(
                $"--lan and --wan look swapped: {evidence}",
                $"--lan {string.Join(' ', situation.Options.Wan)} --wan {string.Join(' ', situation.Options.Lan)}");
        }
    }

    /// <summary>True if they look swapped: what depends on the direction is then better left unsaid.</summary>
    public static bool Finds(GatewaySituation situation) => Evidence(situation) is not null;

    private static string? Evidence(GatewaySituation situation)
    {
        string[] byLan = [.. situation.Routes.Ipv4.Where(situation.Options.Lan.Contains)];
        bool isByWan = situation.Routes.Ipv4.Any(situation.Options.Wan.Contains);
        if (byLan.Length > 0 && !isByWan)
        {
            return $"the default route leaves by {byLan[0]} (--lan), and none by {string.Join(" or ", situation.Options.Wan)} (--wan)";
        }

        NetworkLink? open = situation.Lan.FirstOrDefault(link => link.Addresses.Any(address => !address.IsPrivate()));
        bool isWanPrivate = situation.WanAddresses.Count > 0 && situation.WanAddresses.All(address => address.IsPrivate());
        return open is not null && isWanPrivate && !isByWan
            ? $"{open.Name} (--lan) has a public address, and {string.Join(" and ", situation.Options.Wan)} (--wan) a private one"
            : null;
    }
}
