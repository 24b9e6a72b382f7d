namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>The handles that are open, all of one priority: none sees what another has sent at its layer.</summary>
/// <param name="driver">Opens them.</param>
/// <param name="priority">Theirs.</param>
/// <param name="copiesOnly">True if nothing is to be taken out.</param>
/// <param name="counters">Where to count.</param>
internal sealed class DivertPorts(IDivertDriver driver, short priority, bool copiesOnly, DivertCounters counters) : IDisposable
{
    /// <summary>How long a handle that was replaced is still asked.</summary>
    private const long RestTime = 100_000_000;

    private readonly List<DivertPort> _ports = [];
    private bool _isStopped;

    /// <summary>How many there are, those included that were replaced a moment ago.</summary>
    public int Count => _ports.Count;

    /// <summary>One of them; later ones were opened later.</summary>
    public DivertPort this[int index] => _ports[index];

    /// <summary>Opens one.</summary>
    /// <param name="filter">Which packets.</param>
    /// <param name="layer">Where.</param>
    /// <param name="isSniffing">True to get copies.</param>
    /// <param name="isForPeers">True if what peers send and get comes there.</param>
    /// <param name="port">The handle, if it is open.</param>
    /// <returns>0, or a Windows error.</returns>
    public int TryOpen(DivertFilter filter, DivertLayer layer, bool isSniffing, bool isForPeers, out DivertPort? port)
    {
        port = null;
        if (_isStopped)
        {
            return DivertErrors.NoData;
        }

        DivertModes modes = isSniffing || copiesOnly ? DivertModes.Sniff | DivertModes.ReceiveOnly : DivertModes.None;
        int error = driver.TryOpen(filter, layer, priority, modes, out IDivertHandle? handle);
        if (error == 0)
        {
            port = new DivertPort(handle!, isForPeers, counters);
            _ports.Add(port);
        }

        return error;
    }

    /// <summary>Replaces one by one with another filter.</summary>
    /// <param name="old">What was open before; null if nothing was.</param>
    /// <param name="filter">Which packets; null if there are none any more.</param>
    /// <param name="layer">Where.</param>
    /// <param name="isSniffing">True to get copies.</param>
    /// <param name="isForPeers">True if what peers send and get comes there.</param>
    /// <param name="now">Nanoseconds of the gateway's clock.</param>
    /// <returns>False if the new one cannot be opened: the old one stays.</returns>
    public bool TryReplace(ref DivertPort? old, DivertFilter? filter, DivertLayer layer, bool isSniffing, bool isForPeers, long now)
    {
        DivertPort? port = null;
        if (filter is not null && TryOpen(filter, layer, isSniffing, isForPeers, out port) != 0)
        {
            return false;
        }

        // Not before the new one is open; what has come is still taken.
        old?.StopReceiving(now + RestTime);
        old = port;
        return true;
    }

    /// <summary>Sends what waits for it.</summary>
    public void Flush()
    {
        foreach (DivertPort port in _ports)
        {
            port.Flush();
        }
    }

    /// <summary>Nothing more comes but what has come already, and nothing more is opened.</summary>
    public void Stop()
    {
        _isStopped = true;
        foreach (DivertPort port in _ports)
        {
            port.StopReceiving(long.MaxValue);
        }
    }

    /// <summary>Closes those that were replaced, once nothing more comes from them.</summary>
    /// <param name="now">Nanoseconds of the gateway's clock.</param>
    /// <param name="isNeeded">True for one to which something will still be sent.</param>
    public void CloseReplaced(long now, Func<DivertPort, bool> isNeeded)
    {
        for (int i = _ports.Count - 1; i >= 0; i--)
        {
            DivertPort port = _ports[i];
            if (port.ClosesAt <= now && !isNeeded(port))
            {
                port.Dispose();
                _ports.RemoveAt(i);
            }
        }
    }

    /// <summary>Closes all.</summary>
    public void Dispose()
    {
        foreach (DivertPort port in _ports)
        {
            port.Dispose();
        }
    }
}
