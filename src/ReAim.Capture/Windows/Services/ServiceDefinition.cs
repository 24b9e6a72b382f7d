namespace ReAim.Capture.Windows.Services;

/// <summary>A service, as it is to be made.</summary>
/// <param name="CommandLine">What starts it.</param>
internal sealed record ServiceDefinition(string CommandLine)
{
    /// <summary>Its name, which is also that of its source in the event log.</summary>
    public const string Name = "ReAim";

    /// <summary>The name people see.</summary>
    public const string DisplayName = "ReAim NAT helper";

    /// <summary>What it is for.</summary>
    public const string Description = "Helps AIM clients behind this gateway to connect directly.";

    /// <summary>When it is started again after each of its failures, in milliseconds.</summary>
    public static IReadOnlyList<uint> RestartDelays { get; } = [5_000, 30_000, 60_000];

    /// <summary>After how many seconds without a failure the delays begin anew.</summary>
    public const uint ResetPeriod = 24 * 60 * 60;
}
