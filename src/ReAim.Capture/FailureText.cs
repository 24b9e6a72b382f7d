namespace ReAim.Capture;

/// <summary>What the system said of a file, for a sentence that names the file already.</summary>
internal static class FailureText
{
    /// <summary>The failure, with one full stop behind it and without the path that .NET puts there: <c>No space left on device : '/dev/full'</c>.</summary>
    public static string Of(Exception failure)
    {
        string text = failure.Message;
        int path = text.LastIndexOf(" : '", StringComparison.Ordinal);
        return $"{(path > 0 && text.EndsWith('\'') ? text[..path] : text).TrimEnd('.')}.";
    }
}
