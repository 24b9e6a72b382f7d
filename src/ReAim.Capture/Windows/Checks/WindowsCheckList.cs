using ReAim.Capture.Checking;

namespace ReAim.Capture.Windows.Checks;

/// <summary>Looks at one side of a situation.</summary>
internal delegate IEnumerable<Finding> WindowsCheck(WindowsSituation situation);

/// <summary>All checks on Windows, in the order in which a person reads them.</summary>
internal static class WindowsCheckList
{
    /// <summary>Those that <c>run</c> makes before anything else.</summary>
    public static IReadOnlyList<WindowsCheck> Required { get; } =
    [
        SystemCheck.Look, FolderCheck.Look, DriverCheck.Look, CaptureCheck.Look, InterfacesCheck.Look, TranslationCheck.Look,
    ];

    /// <summary>Those that <c>check</c> makes besides.</summary>
    public static IReadOnlyList<WindowsCheck> Further { get; } = [InstanceCheck.Look, ForwardingCheck.Look, ListenersCheck.Look];

    /// <summary>Makes all checks.</summary>
    public static IReadOnlyList<Finding> Run(WindowsSituation situation) =>
        [.. Required.Concat(Further).SelectMany(check => check(situation))];

    /// <summary>Makes those that are required.</summary>
    /// <exception cref="BadInputException">Something is not as it must be: the first thing of that kind.</exception>
    public static void Require(WindowsSituation situation)
    {
        if (Required.SelectMany(check => check(situation)).FirstOrDefault(finding => finding.Severity == Severity.Problem) is { } problem)
        {
            throw new BadInputException(problem.Sentence);
        }
    }
}
