namespace ReAim.Capture.Reports;

/// <summary>Colours for a terminal; nothing at all elsewhere.</summary>
/// <param name="isOn">True if what is written goes to a terminal that shows colours.</param>
internal sealed class Ansi(bool isOn)
{
    /// <summary>No colours.</summary>
    public static Ansi Plain { get; } = new(isOn: false);

    /// <summary>Colours if the standard output is a terminal that has them, unless NO_COLOR is set (no-color.org).</summary>
    public static Ansi ForConsole() =>
        new(!Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && HasColours(Environment.GetEnvironmentVariable("TERM")));

    /// <summary>A headline.</summary>
    public string Head(string text) => Wrap("1", text);

    /// <summary>What matters least.</summary>
    public string Faint(string text) => Wrap("2", text);

    /// <summary>An offer, or what it led to.</summary>
    public string Offer(string text) => Wrap("36", text);

    /// <summary>What went well.</summary>
    public string Good(string text) => Wrap("32", text);

    /// <summary>What went wrong.</summary>
    public string Bad(string text) => Wrap("31", text);

    /// <summary>What could not be followed.</summary>
    public string Warning(string text) => Wrap("33", text);

    /// <summary>Windows does not set TERM; elsewhere nothing is known of a terminal without it.</summary>
    private static bool HasColours(string? terminal) => string.IsNullOrEmpty(terminal) ? OperatingSystem.IsWindows() : terminal != "dumb";

    private string Wrap(string code, string text) => isOn ? $"\e[{code}m{text}\e[0m" : text;
}
