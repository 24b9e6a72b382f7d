namespace ReAim.Capture.Captures;

/// <summary>
/// Writes a capture file that is complete or not there: into a temporary file beside it, which takes its name at the end.
/// What is no regular file (a device, a pipe, standard output) is written to directly.
/// </summary>
internal sealed class CaptureWriter : IDisposable
{
    private const int BufferLength = 256 << 10;

    private readonly string _path;
    private readonly string? _temporary;
    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[BufferLength];
    private int _filled;
    private bool _complete;

    private CaptureWriter(string path, string? temporary, Stream stream)
    {
        (_path, _temporary, _stream) = (path, temporary, stream);
    }

    /// <summary>Opens the output.</summary>
    /// <param name="path">Its path, or <c>-</c>.</param>
    /// <param name="input">The input's path, which it must not be, or <c>-</c>.</param>
    /// <param name="openStandardOutput">Opens standard output; null if there is none.</param>
    /// <exception cref="BadInputException">It cannot be written, or it is the input.</exception>
    public static CaptureWriter Create(string path, string input, Func<Stream>? openStandardOutput = null)
    {
        if (path.Length == 0)
        {
            throw new BadInputException("-w needs a file name: give the path of the output, or - for standard output.");
        }

        if (IsStandardOutput(path))
        {
            Stream standard = openStandardOutput?.Invoke() ?? throw new BadInputException("there is no standard output: give the path of a file.");
            return new CaptureWriter(path, null, standard);
        }

        try
        {
            string real = RealPath(path);
            if (input != CaptureFile.Standard && real == RealPath(input))
            {
                throw new BadInputException($"the output {path} is the input itself: name another file.");
            }

            if (Directory.Exists(real))
            {
                throw new BadInputException($"the output {path} is a directory: name a file.");
            }

            if (File.Exists(real))
            {
                var existing = new FileStream(real, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                if (!existing.CanSeek || IsDevice(real))
                {
                    return new CaptureWriter(real, null, existing);
                }

                existing.Dispose();
            }

            string temporary = $"{real}.{Environment.ProcessId}.tmp";
            return new CaptureWriter(real, temporary, new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0));
        }
        catch (DirectoryNotFoundException)
        {
            throw new BadInputException($"the output {path} cannot be written: its directory does not exist.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new BadInputException($"the output {path} may not be written by this user.");
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"the output {path} cannot be written: {FailureText.Of(error)}");
        }
    }

    /// <summary>True if a path means standard output, so that nothing else may be written there.</summary>
    public static bool IsStandardOutput(string? path) => path is CaptureFile.Standard or "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1";

    /// <summary>Adds a record.</summary>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    public void Write(ReadOnlySpan<byte> record)
    {
        if (record.Length > _buffer.Length - _filled)
        {
            Flush();
            if (record.Length > _buffer.Length)
            {
                _stream.Write(record);
                return;
            }
        }

        record.CopyTo(_buffer.AsSpan(_filled));
        _filled += record.Length;
    }

    /// <summary>Everything was written: the file appears under its name.</summary>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    public void Complete()
    {
        Flush();
        _stream.Dispose();
        if (_temporary is not null)
        {
            File.Move(_temporary, _path, overwrite: true);
        }

        _complete = true;
    }

    /// <summary>Without <see cref="Complete"/> nothing stays behind.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        if (!_complete && _temporary is not null)
        {
            File.Delete(_temporary);
        }
    }

    /// <summary>Takes the temporary file away, while another thread may still write: for a program that ends now.</summary>
    public void Abandon()
    {
        if (_temporary is not null)
        {
            File.Delete(_temporary);
        }
    }

    private void Flush()
    {
        _stream.Write(_buffer, 0, _filled);
        _filled = 0;
    }

    /// <summary>A path without symbolic links, in its directories too.</summary>
    private static string RealPath(string path)
    {
        string full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } directory)
        {
            return full;
        }

        string real = Path.Combine(RealPath(directory), Path.GetFileName(full));
        return Path.Exists(real) && File.ResolveLinkTarget(real, returnFinalTarget: true) is { } target && !IsPipe(target.Name)
            ? RealPath(target.FullName)
            : real;
    }

    /// <summary>What a shell's >( ) stands for has no path: its link reads as pipe:[123].</summary>
    private static bool IsPipe(string target) => target.Contains(":[", StringComparison.Ordinal);

    /// <summary>Devices are no files to replace: as root that would destroy /dev/null.</summary>
    private static bool IsDevice(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);
}
