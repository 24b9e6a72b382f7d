using ReAim.Capture.Checking;

namespace ReAim.Capture.Windows.Checks;

/// <summary>Whether this Windows and this user are enough.</summary>
internal static class SystemCheck
{
    // Windows 10 1607 and Server 2016, the oldest that .NET 10 supports.
    private static readonly Version Oldest = new(10, 0, 14393);

    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(WindowsSituation situation)
    {
        yield return situation.System >= Oldest
            ? Finding.Ok($"this is Windows {situation.System}")
            : Finding.Problem($"this is Windows {situation.System}", "use Windows 10 version 1607, Windows Server 2016, or a later one");
        yield return situation.IsElevated
            ? Finding.Ok("runs as administrator")
            : Finding.Problem("reaim must run as administrator on a gateway", "start it in a console that was started as administrator, or as a service");
    }
}
