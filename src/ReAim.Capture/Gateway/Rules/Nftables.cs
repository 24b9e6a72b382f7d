using ReAim.Capture.Programs;

namespace ReAim.Capture.Gateway.Rules;

/// <summary>The program nft.</summary>
internal sealed class Nftables
{
    private readonly SystemProgram _nft;

    private Nftables(SystemProgram nft) => _nft = nft;

    /// <summary>Finds it; null if it is not installed.</summary>
    public static Nftables? Find() => SystemProgram.Find("nft") is { } nft ? new Nftables(nft) : null;

    /// <summary>Applies one transaction: all of it, or nothing.</summary>
    /// <exception cref="IOException">It was refused.</exception>
    public void Apply(string transaction)
    {
        ProgramResult result = _nft.Run(["-f", "-"], transaction);
        if (!result.Succeeded)
        {
            throw new IOException($"nft failed: {result.Complaint}.");
        }
    }

    /// <summary>Why a transaction would be refused, by nft or by the kernel; null if it would not. Nothing is changed.</summary>
    public string? Try(string transaction)
    {
        ProgramResult result = _nft.Run(["-c", "-f", "-"], transaction);
        return result.Succeeded ? null : result.Complaint;
    }

    /// <summary>Our table without what changes while it is in use: counters, elements. Empty if it is not there.</summary>
    /// <exception cref="IOException">nft did not answer in time.</exception>
    public string Table()
    {
        ProgramResult result = _nft.Run(["--stateless", "--terse", "list", "table", "ip", ReaimTable.Name]);
        if (result.ExitCode == ProgramResult.TimedOut)
        {
            throw new IOException($"{result.Complaint}.");
        }

        return result.Succeeded ? result.Output : "";
    }

    /// <summary>True if a table of the family ip is there and has nothing but empty chains that accept.</summary>
    public bool IsEmptyTable(string name) =>
        _nft.Run(["--stateless", "--terse", "list", "table", "ip", name]) is { Succeeded: true } listing
        && listing.Output.Split('\n').Select(line => line.Trim()).All(line =>
            line is "" or "}"
            || (line.EndsWith('{') && (line.StartsWith("table ", StringComparison.Ordinal) || line.StartsWith("chain ", StringComparison.Ordinal)))
            || (line.StartsWith("type ", StringComparison.Ordinal) && line.EndsWith("policy accept;", StringComparison.Ordinal)));

    /// <summary>All tables of all programs as JSON (libnftables-json(5)).</summary>
    /// <exception cref="IOException">They could not be read.</exception>
    public string Ruleset()
    {
        ProgramResult result = _nft.Run(["-j", "list", "ruleset"]);
        return result.Succeeded ? result.Output : throw new IOException($"nft failed: {result.Complaint}.");
    }

    /// <summary>All rules of all programs in nft's words, with handles, without elements of sets.</summary>
    /// <exception cref="IOException">They could not be read.</exception>
    public string Listing()
    {
        ProgramResult result = _nft.Run(["--handle", "--stateless", "--terse", "list", "ruleset"]);
        return result.Succeeded ? result.Output : throw new IOException($"nft failed: {result.Complaint}.");
    }
}
