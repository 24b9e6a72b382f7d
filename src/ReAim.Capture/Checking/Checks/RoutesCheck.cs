using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Ways around what was named.</summary>
internal static class RoutesCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        foreach (string name in situation.Routes.Ipv4.Where(situation.Options.Lan.Contains))
        {
            yield return Finding.Note($"a default route leaves by {name} (--lan), and connections that go there cross no --wan: they are not helped");
        }

        string[] unnamed = [.. situation.Routes.Ipv4.Where(name => !situation.Options.Wan.Contains(name) && !situation.Options.Lan.Contains(name))];
        if (unnamed.Length > 0)
        {
            yield return Finding.Note(
                $"a default route leaves by {string.Join(" and ", unnamed)}, and connections that go there are not helped",
                $"name it too, if it leads to the Internet: --wan {string.Join(' ', situation.Options.Wan.Concat(unnamed))}");
        }
        else if (situation.Routes.Ipv4.Where(situation.Options.Wan.Contains).ToArray() is { Length: > 1 } ways)
        {
            yield return Finding.Ok($"several ways lead to the Internet ({string.Join(", ", ways)}): each connection's own address is used");
        }

        if (situation.Routes.HasIpv6 && situation.Lan.FirstOrDefault(link => link.HasGlobalIpv6) is { } lan)
        {
            yield return Finding.Note(
                $"hosts behind {lan.Name} reach the Internet by IPv6 too, and connections to servers by IPv6 are not helped",
                "if a client uses such a server, give it the server's IPv4 address");
        }
    }
}
