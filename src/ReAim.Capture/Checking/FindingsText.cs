namespace ReAim.Capture.Checking;

/// <summary>Findings for a person to read.</summary>
internal static class FindingsText
{
    private const int Column = 9;

    /// <summary>Writes one line for each finding, and one below it that says what to do.</summary>
    public static void Write(IReadOnlyList<Finding> findings, TextWriter output)
    {
        foreach (Finding finding in findings)
        {
            output.WriteLine($"{Word(finding.Severity).PadRight(Column)}{finding.What}");
            if (finding.Do is { } todo)
            {
                output.WriteLine($"{"",Column}-> {todo}");
            }
        }

        int problems = findings.Count(finding => finding.Severity == Severity.Problem);
        int warnings = findings.Count(finding => finding.Severity == Severity.Warning);
        string first = findings.FirstOrDefault(finding => finding.First is not null) is { } blocking ? $" {blocking.First}" : "";
        output.WriteLine();
        output.WriteLine(problems > 0 ? $"reaim run would refuse: {Count(problems, "problem")}, {Count(warnings, "warning")}."
            : warnings > 0 ? $"reaim run would start{first}, with {Count(warnings, "warning")}."
            : $"reaim run would work{first}.");
    }

    private static string Word(Severity severity) => severity switch
    {
        Severity.Ok => "ok",
        Severity.Note => "note",
        Severity.Warning => "WARNING",
        _ => "PROBLEM",
    };

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
