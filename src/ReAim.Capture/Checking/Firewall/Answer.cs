namespace ReAim.Capture.Checking.Firewall;

/// <summary>Whether a packet meets a condition.</summary>
internal enum Answer
{
    /// <summary>It does not.</summary>
    No,

    /// <summary>It may.</summary>
    Maybe,

    /// <summary>It does.</summary>
    Yes,
}
