namespace ReAim.Capture.Inspection;

/// <summary>A text that one person wrote to another.</summary>
/// <param name="Length">Characters.</param>
/// <param name="Text">The text itself; null unless it was asked for.</param>
internal sealed record MessageText(int Length, string? Text);
