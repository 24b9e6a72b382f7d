namespace ReAim.NatLab.Tests.Net;

/// <summary>One end of a link, as a node sees it.</summary>
internal sealed class LinkEnd
{
    private readonly Link _link;
    private readonly Simulation _simulation;
    private readonly INode _node;
    private LinkEnd? _other;
    private int _port;
    private long _lastArrival;

    internal LinkEnd(Link link, Simulation simulation, INode node, LinkOptions options)
    {
        _link = link;
        _simulation = simulation;
        _node = node;
        Options = options;
    }

    /// <summary>What happens to the packets that are sent from this end.</summary>
    public LinkOptions Options { get; set; }

    /// <summary>The largest datagram the link carries.</summary>
    public int Mtu => Options.Mtu;

    /// <summary>Sends a datagram to the other end. The array must not be used afterwards.</summary>
    public void Send(byte[] datagram)
    {
        _link.Tap?.Invoke(new Crossing(this, true, _simulation.Now, datagram));
        if (datagram.Length > Mtu || Happens(Options.Loss))
        {
            return;
        }

        byte[]? copy = Happens(Options.Duplication) ? datagram.AsSpan().ToArray() : null;
        Carry(datagram);
        if (copy is not null)
        {
            Carry(copy);
        }
    }

    internal void Connect(LinkEnd other) => _other = other;

    internal void AttachToNode() => _port = _node.Attach(this);

    private void Carry(byte[] datagram)
    {
        long arrival = _simulation.Now + Options.Latency;
        if (Happens(Options.Reordering))
        {
            // It waits aside: those behind it do not wait for it.
            arrival += Math.Max(Options.Latency, 1) * _simulation.Random.Between(1, 3);
        }
        else
        {
            // A latency that was lowered in the middle must not make packets overtake.
            arrival = Math.Max(arrival, _lastArrival);
            _lastArrival = arrival;
        }

        LinkEnd other = _other!;
        _simulation.After(arrival - _simulation.Now, () => other.Deliver(datagram));
    }

    private void Deliver(byte[] datagram)
    {
        _link.Tap?.Invoke(new Crossing(this, false, _simulation.Now, datagram));
        _node.Receive(datagram, _port);
    }

    private bool Happens(double probability) => probability > 0 && _simulation.Random.Chance(probability);
}
