namespace ReAim.NatLab.Tests.Tcp;

/// <summary>A read that waits for bytes. It takes them as they come, so that it may be larger than the window.</summary>
internal sealed class PendingRead(int maximum, bool isExact)
{
    private readonly TaskCompletionSource<byte[]?> _done = new();
    private byte[] _target = isExact ? new byte[maximum] : [];
    private int _filled;

    public Task<byte[]?> Task => _done.Task;

    /// <summary>Takes what there is.</summary>
    /// <returns>True if that is enough.</returns>
    public bool Take(ReadQueue from)
    {
        if (!isExact)
        {
            _target = new byte[Math.Min(maximum, from.Count)];
        }

        _filled += from.Take(_target.AsSpan(_filled));
        return isExact ? _filled == maximum : _filled > 0;
    }

    /// <summary>Ends the read; to be called in an event of its own.</summary>
    public void Complete() => _done.SetResult(!isExact || _filled == maximum ? _target : null);
}
