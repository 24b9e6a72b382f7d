namespace ReAim.Capture.Commands;

/// <summary>The process's standard streams, as a verb uses them.</summary>
/// <param name="Output">Where reports go.</param>
/// <param name="Error">Where everything else goes, one sentence each.</param>
internal sealed record StandardStreams(TextWriter Output, TextWriter Error)
{
    /// <summary>Opens standard input for <c>-</c>; null if there is none.</summary>
    public Func<Stream>? OpenInput { get; init; }

    /// <summary>Opens standard output for the bytes of <c>-w -</c>; null if there is none.</summary>
    public Func<Stream>? OpenOutput { get; init; }

    /// <summary>The colours that the standard output shows.</summary>
    public Func<Reports.Ansi> Colours { get; init; } = () => Reports.Ansi.Plain;
}
