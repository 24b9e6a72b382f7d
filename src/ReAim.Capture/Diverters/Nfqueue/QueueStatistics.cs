using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>What the kernel counts for a queue: a line of /proc/net/netfilter/nfnetlink_queue.</summary>
/// <param name="Waiting">Packets without a verdict now.</param>
/// <param name="Dropped">Packets that came when the queue was full and were dropped.</param>
/// <param name="UserDropped">Packets that found no room in the socket and were dropped.</param>
/// <param name="LastId">The number of the last packet that came.</param>
internal readonly record struct QueueStatistics(long Waiting, long Dropped, long UserDropped, long LastId)
{
    private const string Path = "/proc/thread-self/net/netfilter/nfnetlink_queue";

    /// <summary>Opens those of the calling thread's network namespace, for whoever may not. Only root may.</summary>
    /// <returns>Null if they cannot be opened.</returns>
    public static SafeFileHandle? TryOpen()
    {
        try
        {
            return File.OpenHandle(Path, options: FileOptions.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads those of a queue, in the calling thread's network namespace. Only root may.</summary>
    /// <returns>False if nobody has this queue or the file cannot be read.</returns>
    public static bool TryRead(ushort queue, out QueueStatistics statistics)
    {
        using SafeFileHandle? file = TryOpen();
        return TryRead(file, queue, out statistics);
    }

    /// <summary>Reads those of a queue from a file that is open.</summary>
    /// <returns>False if nobody has this queue or the file cannot be read.</returns>
    public static bool TryRead(SafeFileHandle? file, ushort queue, out QueueStatistics statistics)
    {
        statistics = default;
        Span<byte> text = stackalloc byte[4_096];
        try
        {
            return file is not null
                && TryParse(Encoding.ASCII.GetString(text[..RandomAccess.Read(file, text, fileOffset: 0)]), queue, out statistics);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Reads the file's text: number, port, waiting, copy mode, copy range, dropped, user dropped, last id, 1.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, ushort queue, out QueueStatistics statistics)
    {
        statistics = default;
        Span<Range> columns = stackalloc Range[10];
        Span<long> numbers = stackalloc long[8];
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            int count = line.Split(columns, ' ', StringSplitOptions.RemoveEmptyEntries);
            bool isWhole = count >= numbers.Length;
            for (int i = 0; isWhole && i < numbers.Length; i++)
            {
                isWhole = long.TryParse(line[columns[i]], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]);
            }

            if (isWhole && numbers[0] == queue)
            {
                statistics = new QueueStatistics(numbers[2], numbers[5], numbers[6], numbers[7]);
                return true;
            }
        }

        return false;
    }
}
