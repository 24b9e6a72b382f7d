namespace ReAim.Capture.Captures;

/// <summary>Opens what a person named as a capture: a path, or <c>-</c> for standard input.</summary>
internal static class CaptureFile
{
    /// <summary>The name of standard input, and of standard output where packets are written.</summary>
    public const string Standard = "-";

    /// <summary>Opens it.</summary>
    /// <param name="path">What was given.</param>
    /// <param name="openStandardInput">Opens standard input; null if there is none.</param>
    /// <exception cref="BadInputException">It cannot be read.</exception>
    public static Stream Open(string path, Func<Stream>? openStandardInput)
    {
        if (path.Length == 0)
        {
            throw new BadInputException("no capture is named: give the path of a pcap or pcapng file, or - for standard input.");
        }

        return path != Standard ? OpenPath(path)
            : openStandardInput?.Invoke() ?? throw new BadInputException("there is no standard input: give the path of a pcap or pcapng file.");
    }

    /// <summary>What a sentence calls it.</summary>
    public static string NameOf(string path) => path == Standard ? "standard input" : path;

    private static FileStream OpenPath(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new BadInputException($"{path} is a directory: a pcap or pcapng file is needed.");
            }

            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException($"{path} does not exist.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new BadInputException($"{path} may not be read by this user.");
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"{path} cannot be opened: {FailureText.Of(error)}");
        }
    }
}
