namespace ReAim.Capture.Checking;

/// <summary>One thing that a check found.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="What">What is so: a part of a sentence, without a full stop.</param>
/// <param name="Do">What to do about it; null if nothing.</param>
internal sealed record Finding(Severity Severity, string What, string? Do = null)
{
    /// <summary>What must come first before <c>run</c> can start, though it is no fault: a part of a sentence; null if nothing.</summary>
    public string? First { get; init; }

    /// <summary>As it should be.</summary>
    public static Finding Ok(string what) => new(Severity.Ok, what);

    /// <summary>Worth knowing.</summary>
    public static Finding Note(string what, string? todo = null) => new(Severity.Note, what, todo);

    /// <summary>Helps not all, or gets into somebody's way.</summary>
    public static Finding Warning(string what, string? todo = null) => new(Severity.Warning, what, todo);

    /// <summary><c>run</c> refuses.</summary>
    public static Finding Problem(string what, string todo) => new(Severity.Problem, what, todo);

    /// <summary>A refusal, whose message is a whole sentence already: what is so, a colon, what to do.</summary>
    public static Finding Refused(BadInputException refusal)
    {
        string text = refusal.Message.TrimEnd('.');
        int colon = text.LastIndexOf(": ", StringComparison.Ordinal);
        return colon < 0 ? Problem(text, "see the documentation") : Problem(text[..colon], text[(colon + 2)..]);
    }

    /// <summary>Both as one sentence.</summary>
    public string Sentence => Do is null ? $"{What}." : $"{What}: {Do}.";
}
