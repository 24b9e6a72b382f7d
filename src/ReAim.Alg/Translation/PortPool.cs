namespace ReAim.Alg.Translation;

/// <summary>
/// The public ports to use when a client's own is taken. Goes round, so that a port just given back is the last to be used
/// again: a late connect then meets nobody instead of somebody else.
/// </summary>
internal sealed class PortPool(ushort first, ushort last)
{
    private int _next = first;

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
