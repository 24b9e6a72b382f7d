using System.Collections.Concurrent;

namespace ReAim.Capture.Gateway.Supervision.Portable;

/// <summary>Letters for a supervisor that waits for a <see cref="Wakeup"/>.</summary>
/// <param name="wakeup">Wakes the supervisor.</param>
internal sealed class QueuedMailbox(Wakeup wakeup) : IMailbox
{
    private readonly ConcurrentQueue<Letter> _letters = new();

    /// <inheritdoc/>
    public void Post(Letter letter)
    {
        _letters.Enqueue(letter);
        wakeup.Wake();
    }

    /// <inheritdoc/>
    public bool TryTake(out Letter letter) => _letters.TryDequeue(out letter);
}
