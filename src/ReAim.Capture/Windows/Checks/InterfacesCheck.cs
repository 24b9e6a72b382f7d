using ReAim.Capture.Checking;

namespace ReAim.Capture.Windows.Checks;

/// <summary>Whether the interfaces that were named are up and have addresses.</summary>
internal static class InterfacesCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(WindowsSituation situation) =>
        situation.Lan.Select(one => Judge("--lan", one)).Concat(situation.Wan.Select(one => Judge("--wan", one)));

    private static Finding Judge(string option, WindowsInterface one) =>
        one.Addresses.Count == 0
            ? Finding.Problem($"{one.Name} ({option}) has no IPv4 address", "connect it, or give it one")
            : one.IsUp
                ? Finding.Ok($"{one.Name} ({option}) is up and has {string.Join(", ", one.Addresses.Select(entry => entry.Address))}")
                : Finding.Warning($"{one.Name} ({option}) is down", "connect it");
}
