namespace ReAim.Capture.Windows.Services;

/// <summary>The words of the command line that are about the service.</summary>
internal static class ServiceWords
{
    /// <summary>The verb.</summary>
    public const string Verb = "service";

    /// <summary>Installs it.</summary>
    public const string InstallWord = "install";

    /// <summary>Removes it.</summary>
    public const string RemoveWord = "remove";

    /// <summary>What the service manager starts.</summary>
    public const string RunWord = "run";

    /// <summary>What comes before the options of a service that is run.</summary>
    public static IReadOnlyList<string> Run { get; } = [Verb, RunWord];
}
