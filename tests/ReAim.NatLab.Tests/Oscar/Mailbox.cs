using ReAim.NatLab.Tests.Net;
using Timer = ReAim.NatLab.Tests.Net.Timer;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>What a program has been told and not yet read, in order. One reader.</summary>
internal sealed class Mailbox<T>(Simulation simulation)
    where T : class
{
    private readonly Queue<T> _letters = [];
    private TaskCompletionSource<T?>? _reader;
    private Timer? _limit;

    public void Post(T letter)
    {
        if (_reader is { } reader)
        {
            _reader = null;
            _limit?.Cancel();

            // As an event of its own: who posts is not to be called back into.
            simulation.After(0, () => reader.SetResult(letter));
        }
        else
        {
            _letters.Enqueue(letter);
        }
    }

    /// <summary>The next letter; null if none comes within the time. Without a time it waits for ever.</summary>
    public Task<T?> NextAsync(long? nanoseconds)
    {
        if (_letters.TryDequeue(out T? letter))
        {
            return Task.FromResult<T?>(letter);
        }

        var reader = new TaskCompletionSource<T?>();
        _reader = reader;
        _limit = nanoseconds is null ? null : simulation.After(nanoseconds.Value, () =>
        {
            _reader = null;
            reader.SetResult(null);
        });
        return reader.Task;
    }
}
