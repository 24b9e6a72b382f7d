namespace ReAim.Capture.Translators.WinNat;

/// <summary>Runs Windows' commands one after the other, beside the loop that must not wait.</summary>
internal interface ICommandShell : IDisposable
{
    /// <summary>Asks for a command to be run.</summary>
    /// <param name="command">One line of PowerShell whose last output is its answer.</param>
    /// <param name="answered">Is called in <see cref="Deliver"/>: with the answer's first line, or with null and why there is none.</param>
    void Ask(string command, Action<string?, string> answered);

    /// <summary>Hands out the answers that have come, on the caller's thread.</summary>
    void Deliver();
}
