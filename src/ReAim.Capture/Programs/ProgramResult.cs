namespace ReAim.Capture.Programs;

/// <summary>How a program ended, and what it said.</summary>
/// <param name="ExitCode">0 if it did what it was asked; <see cref="TimedOut"/> if it had to be stopped.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal readonly record struct ProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>The exit code of a program that did not end in its time.</summary>
    public const int TimedOut = -1;

    /// <summary>True if it did what it was asked.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>The first line that says why it failed, fit for the end of a sentence.</summary>
    public string Complaint
    {
        get
        {
            foreach (string line in Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                // iptables-nft says this whenever the other variant is in use too.
                if (!line.StartsWith('#'))
                {
                    return line.TrimEnd('.');
                }
            }

            return $"it ended with exit code {ExitCode}";
        }
    }
}
