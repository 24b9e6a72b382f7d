namespace ReAim.Alg.Translation;

/// <summary>
/// The public ports to use when a client's own is taken. Goes round, so that a port just given back is the last to be used
/// again: a late connect then meets nobody instead of somebody else.
/// </summary>
/// <param name="first">The first port.</param>
/// <param name="last">The last port.</param>
/// <param name="offset">How many to pass over before the first that is used, counted round and round.</param>
internal sealed class PortPool(ushort first, ushort last, int offset = 0)
{
    private int _next = first + (int)((uint)offset % (last - first + 1u));

    /// <summary>How many ports there are.</summary>
    public int Size => last - first + 1;

    /// <summary>The next port in turn, whether or not it is taken.</summary>
    public ushort Next()
    {
        var port = (ushort)_next;
        _next = _next >= last ? first : _next + 1;
        return port;
    }
}
