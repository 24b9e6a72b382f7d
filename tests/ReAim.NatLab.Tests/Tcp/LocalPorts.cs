using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>The ports a host's connections use, and the choice of ephemeral ones from Linux's range.</summary>
internal sealed class LocalPorts(Dice dice)
{
    private const int First = 32_768;
    private const int Last = 60_999;

    private readonly Dictionary<ushort, int> _uses = [];
    private int _next = (int)dice.Between(First, Last);

    public void Take(ushort port) => _uses[port] = _uses.GetValueOrDefault(port) + 1;

    public void Free(ushort port)
    {
        if (--_uses[port] == 0)
        {
            _uses.Remove(port);
        }
    }

    /// <summary>The next ephemeral port that neither a connection nor a listener has.</summary>
    public ushort Choose(Dictionary<ushort, TcpListener> listeners)
    {
        for (int tries = First; tries <= Last; tries++)
        {
            var port = (ushort)_next;
            _next = _next == Last ? First : _next + 1;
            if (!_uses.ContainsKey(port) && !listeners.ContainsKey(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException("No ephemeral port is free.");
    }
}
