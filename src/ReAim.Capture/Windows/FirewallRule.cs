using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Programs;

namespace ReAim.Capture.Windows;

/// <summary>Windows' firewall lets peers connect to the relay's listeners for as long as this program runs.</summary>
/// <param name="program">The program that listens: its absolute path.</param>
/// <param name="netsh">Runs netsh with arguments.</param>
internal sealed class FirewallRule(string program, Func<IReadOnlyList<string>, ProgramResult> netsh) : IRules
{
    /// <summary>The rule's name.</summary>
    public const string Name = "ReAim relay";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Runs Windows' own netsh.</summary>
    public static ProgramResult Netsh(IReadOnlyList<string> arguments) =>
        SystemProgram.At(Path.Combine(Environment.SystemDirectory, "netsh.exe")).Run(arguments, time: Patience);

    /// <summary>The arguments that make the rule.</summary>
    public static IReadOnlyList<string> Add(string program) =>
    [
        "advfirewall", "firewall", "add", "rule", $"name={Name}", "dir=in", "action=allow", "protocol=TCP", $"program={program}", "enable=yes",
    ];

    /// <summary>The arguments that remove it, however many there are.</summary>
    public static IReadOnlyList<string> Delete() => ["advfirewall", "firewall", "delete", "rule", $"name={Name}"];

    /// <inheritdoc/>
    public void Install()
    {
        Remove();
        ProgramResult added = netsh(Add(program));
        if (!added.Succeeded)
        {
            throw new BadInputException(
                $"Windows' firewall takes no rule for the relay (netsh ended with exit code {added.ExitCode}): start the service Windows Defender Firewall (mpssvc), or use another translator.");
        }
    }

    /// <summary>Nobody takes single rules away while Windows runs.</summary>
    public string? Repair() => null;

    /// <summary>Packets do not come by this rule.</summary>
    public void StopQueueing()
    {
    }

    /// <summary>That there was none is as good.</summary>
    public void Remove() => netsh(Delete());
}
