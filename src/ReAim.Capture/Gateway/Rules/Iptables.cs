using ReAim.Capture.Programs;

namespace ReAim.Capture.Gateway.Rules;

/// <summary>
/// One of the two kinds of iptables that a machine may have at once: they do not see each other's rules, and packets cross both.
/// </summary>
internal sealed class Iptables
{
    private const string LegacyTables = "/proc/thread-self/net/ip_tables_names";

    private readonly SystemProgram _save;
    private readonly SystemProgram _restore;

    private Iptables(SystemProgram save, SystemProgram restore, bool isLegacy) =>
        (_save, _restore, IsLegacy) = (save, restore, isLegacy);

    /// <summary>True if its rules are not rules of nftables in the kernel.</summary>
    public bool IsLegacy { get; }

    /// <summary>The name of the program that takes its commands.</summary>
    public string Command => _save.Name[..^"-save".Length];

    /// <summary>
    /// True if it may have rules. Asking the legacy kind is not free: where it is unused, that loads its modules and gives it
    /// tables.
    /// </summary>
    public bool IsInUse => !IsLegacy || LegacyTableNames().Length > 0;

    /// <summary>The kinds that are installed; first the one that plain <c>iptables</c> is.</summary>
    public static IReadOnlyList<Iptables> FindAll()
    {
        var found = new List<Iptables>();
        foreach (string name in (ReadOnlySpan<string>)["iptables", "iptables-nft", "iptables-legacy"])
        {
            if (SystemProgram.Find($"{name}-save") is { } save
                && SystemProgram.Find($"{name}-restore") is { } restore
                && save.Run(["--version"]) is { Succeeded: true } version)
            {
                // Versions before 1.8 had one kind only, and said nothing of it.
                bool isLegacy = !version.Output.Contains("nf_tables", StringComparison.Ordinal);
                if (found.All(other => other.IsLegacy != isLegacy))
                {
                    found.Add(new Iptables(save, restore, isLegacy));
                }
            }
        }

        return found;
    }

    /// <summary>
    /// The kinds in the order in which to try them for rules of ours: first the one that plain <c>iptables</c> is, unless
    /// only the legacy kind has rules: then that is what the administrator works with.
    /// </summary>
    public static IReadOnlyList<Iptables> InOrderOfUse()
    {
        IReadOnlyList<Iptables> all = FindAll();
        return all.Count == 2 && all[1].IsLegacy && all[1].HasRules() && !all[0].HasRules() ? [all[1], all[0]] : all;
    }

    /// <summary>All its rules as text; empty if it is not in use.</summary>
    /// <exception cref="IOException">They could not be read.</exception>
    public string Save()
    {
        if (!IsInUse)
        {
            return "";
        }

        ProgramResult result = _save.Run([]);
        return result.Succeeded ? result.Output : throw new IOException($"{_save.Name} failed: {result.Complaint}.");
    }

    /// <summary>What of ours it has.</summary>
    /// <exception cref="IOException">That could not be read.</exception>
    public IptablesMangle Read() => IptablesMangle.Parse(Save());

    /// <summary>Applies one transaction: all of it, or nothing.</summary>
    /// <exception cref="IOException">It was refused.</exception>
    public void Apply(string transaction)
    {
        ProgramResult result = _restore.Run(["--noflush", "--wait", "5"], transaction);
        if (!result.Succeeded)
        {
            throw new IOException($"{_restore.Name} failed: {result.Complaint}.");
        }
    }

    /// <summary>Why a transaction would be refused; null if it would not. Nothing is changed.</summary>
    public string? Try(string transaction)
    {
        ProgramResult result = _restore.Run(["--test", "--noflush", "--wait", "5"], transaction);
        // What the kernel lacks is only warned of when nothing is to be changed.
        bool isMissing = result.Error.Contains("not supported, missing kernel module", StringComparison.Ordinal);
        return result.Succeeded && !isMissing ? null : result.Complaint;
    }

    private bool HasRules() => Save().Split('\n').Any(line => line.StartsWith("-A ", StringComparison.Ordinal));

    private static string LegacyTableNames()
    {
        try
        {
            return File.ReadAllText(LegacyTables).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
