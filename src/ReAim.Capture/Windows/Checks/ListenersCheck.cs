using ReAim.Capture.Checking;

namespace ReAim.Capture.Windows.Checks;

/// <summary>Whether programs of this machine listen on ports that are to be opened.</summary>
internal static class ListenersCheck
{
    private const int MostNamed = 10;

    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(WindowsSituation situation)
    {
        (ushort first, ushort last) = situation.Options.Pool;
        ushort[] taken = [.. situation.Listeners.Where(port => port >= first && port <= last).Order()];
        if (taken.Length == last - first + 1)
        {
            yield return Finding.Warning("programs of this machine listen on every port of --pool", "give another range");
        }
        else if (taken.Length > 0)
        {
            yield return Finding.Note($"programs of this machine listen on ports of --pool, which are left out: {string.Join(", ", taken.Take(MostNamed))}");
        }

        ushort[] watched = [.. situation.Options.Ports.Where(situation.Listeners.Contains)];
        if (watched.Length > 0)
        {
            yield return Finding.Note(
                $"a program of this machine listens on {string.Join(", ", watched)}: clients that use the same port get one of --pool instead");
        }
    }
}
