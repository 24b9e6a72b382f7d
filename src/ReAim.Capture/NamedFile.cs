namespace ReAim.Capture;

/// <summary>A file that a person named by an option, for ReAim to write.</summary>
internal static class NamedFile
{
    /// <summary>Opens or writes it.</summary>
    /// <param name="option">The option, such as <c>--record</c>.</param>
    /// <param name="path">What was given.</param>
    /// <param name="write">Does it.</param>
    /// <exception cref="BadInputException">It cannot be written, or no file can have that name.</exception>
    public static T Write<T>(string option, string path, Func<string, T> write)
    {
        if (path.Length == 0)
        {
            throw new BadInputException($"{option} names no file: write {option} and the path of one.");
        }

        if (path == "-")
        {
            throw new BadInputException($"{option} - names no file, and standard output is not for this: write {option} and the path of one.");
        }

        try
        {
            return write(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"{option} {path} cannot be written: {FailureText.Of(failure)}");
        }
    }
}
