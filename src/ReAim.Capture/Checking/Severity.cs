namespace ReAim.Capture.Checking;

/// <summary>How much a finding matters.</summary>
internal enum Severity
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary><c>run</c> works, but does not help all, or gets into somebody's way.</summary>
    Warning,

    /// <summary><c>run</c> refuses.</summary>
    Problem,
}
