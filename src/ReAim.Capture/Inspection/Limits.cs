namespace ReAim.Capture.Inspection;

/// <summary>What one inspection may use, and which of its limits were reached.</summary>
internal sealed class Limits
{
    private readonly SortedSet<string> _notes = new(StringComparer.Ordinal);
    private long _buffered;
    private int _steps;

    /// <summary>TCP connections that are followed.</summary>
    public int MaxConnections { get; init; } = 100_000;

    /// <summary>Lines of all ladders.</summary>
    public int MaxSteps { get; init; } = 500_000;

    /// <summary>Rendezvous that are told apart.</summary>
    public int MaxRendezvous { get; init; } = 50_000;

    /// <summary>Messages of all rendezvous.</summary>
    public int MaxMessages { get; init; } = 500_000;

    /// <summary>Bytes that wait for their turn in all streams: what came out of order, and messages in pieces.</summary>
    public long MaxBuffered { get; init; } = 64 << 20;

    /// <summary>Stretches that came out of order and wait, per direction.</summary>
    public int MaxOutOfOrder { get; init; } = 4_096;

    /// <summary>The limits that were reached, each as a sentence.</summary>
    public IReadOnlyCollection<string> Notes => _notes;

    /// <summary>Notes that a limit was reached.</summary>
    public void Note(string sentence) => _notes.Add(sentence);

    /// <summary>Takes room for bytes; false if there is none.</summary>
    public bool TryBuffer(int bytes)
    {
        if (_buffered + bytes > MaxBuffered)
        {
            Note($"buffer-limit: more than {MaxBuffered >> 20} MiB were out of order or in pieces at once; some are shown as missing.");
            return false;
        }

        _buffered += bytes;
        return true;
    }

    /// <summary>Gives room back.</summary>
    public void Unbuffer(int bytes) => _buffered -= bytes;

    /// <summary>Takes room for a line; false if there is none.</summary>
    public bool TryStep()
    {
        if (_steps == MaxSteps)
        {
            Note($"step-limit: the ladders end after {MaxSteps} lines in all; what follows is counted but not shown.");
            return false;
        }

        _steps++;
        return true;
    }
}
