using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>A machine with one address, one interface and a TCP.</summary>
internal sealed class Host : INode
{
    private readonly Dictionary<ulong, TcpConnection> _connections = [];
    private readonly Dictionary<ushort, TcpListener> _listeners = [];
    private readonly LocalPorts _ports;
    private readonly InitialSequenceNumbers _sequences;
    private LinkEnd? _link;
    private ushort _identification;

    public Host(Simulation simulation, string name, Ipv4Address address, HostOptions? options = null)
    {
        Simulation = simulation;
        Name = name;
        Address = address;
        Options = options ?? new HostOptions();
        _ports = new LocalPorts(simulation.Random);
        _sequences = new InitialSequenceNumbers(simulation.Random);
        _identification = (ushort)simulation.Random.Below(0x1_0000);
    }

    public string Name { get; }

    public Ipv4Address Address { get; }

    public Simulation Simulation { get; }

    public HostOptions Options { get; }

    /// <summary>Connections that are not closed yet, those in TIME-WAIT not counted.</summary>
    public int ConnectionCount { get; private set; }

    /// <summary>Datagrams sent.</summary>
    public int SentCount { get; private set; }

    /// <summary>Datagrams that were damaged, or not for this host.</summary>
    public int DroppedCount { get; private set; }

    internal int Mtu => Math.Min(Options.Mtu, _link?.Mtu ?? int.MaxValue);

    internal ushort AnnouncedMss => (ushort)Math.Min(ushort.MaxValue, Mtu - SegmentWriter.HeadersLength);

    /// <summary>Listens on a port; null if it is taken.</summary>
    public TcpListener? Listen(ushort port)
    {
        var listener = new TcpListener(this, port);
        return _listeners.TryAdd(port, listener) ? listener : null;
    }

    /// <summary>Connects; null if refused, reset, unreachable, or not answered within the time.</summary>
    /// <param name="remote">Where to.</param>
    /// <param name="timeout">Nanoseconds.</param>
    /// <param name="localPort">0 for an ephemeral port.</param>
    public Task<TcpConnection?> ConnectAsync(Ipv4Endpoint remote, long timeout, ushort localPort = 0)
    {
        ushort port = localPort != 0 ? localPort : _ports.Choose(_listeners);
        ulong pair = Pair(port, remote);
        if (_connections.TryGetValue(pair, out TcpConnection? old))
        {
            if (old.State != TcpState.TimeWait)
            {
                return Task.FromResult<TcpConnection?>(null);
            }

            Remove(old);
        }

        TcpConnection connection = Add(pair, new Ipv4Endpoint(Address, port), remote, listener: null);
        connection.Handshake.Send();
        Simulation.After(timeout, () =>
        {
            if (!connection.IsSynchronized)
            {
                connection.Break();
            }
        });
        return connection.Opened;
    }

    public int Attach(LinkEnd link)
    {
        if (_link is not null)
        {
            throw new InvalidOperationException($"{Name} has one interface.");
        }

        _link = link;
        return 0;
    }

    public void Receive(byte[] datagram, int port)
    {
        if (!Ipv4Packet.TryParse(datagram, out Ipv4Packet packet, out _) || !packet.IsHeaderChecksumValid || packet.Destination != Address)
        {
            DroppedCount++;
        }
        else if (packet.Protocol == Ipv4Writer.Icmp)
        {
            TakeIcmp(packet.Payload);
        }
        else if (IncomingSegment.TryParse(datagram, out IncomingSegment segment))
        {
            TakeSegment(segment);
        }
        else
        {
            DroppedCount++;
        }
    }

    /// <summary>Sends a datagram made by <see cref="SegmentWriter.Begin"/>.</summary>
    internal void Emit(byte[] datagram, in SegmentFields fields)
    {
        SegmentWriter.Finish(datagram, fields, _identification++);
        SentCount++;
        _link?.Send(datagram);
    }

    /// <summary>Answers a segment that no connection wants (RFC 9293 3.10.7.1).</summary>
    internal void Refuse(in IncomingSegment segment)
    {
        if (segment.Has(TcpFlags.Rst))
        {
            return;
        }

        SegmentFields fields = segment.Has(TcpFlags.Ack)
            ? new SegmentFields(segment.Destination, segment.Source, TcpFlags.Rst, segment.Acknowledgement)
            : new SegmentFields(segment.Destination, segment.Source, TcpFlags.Rst | TcpFlags.Ack, 0)
            {
                Acknowledgement = segment.Sequence + (uint)segment.Space,
            };
        Emit(SegmentWriter.Begin(fields, payloadLength: 0), fields);
    }

    /// <summary>A connection is over: at once, or after TIME-WAIT.</summary>
    internal void Leave(TcpConnection connection, long after)
    {
        if (connection.IsCounted)
        {
            connection.IsCounted = false;
            ConnectionCount--;
            _sequences.Remember(Pair(connection.Local.Port, connection.Remote), connection.Sender.Next);
            if (after > 0)
            {
                Simulation.After(after, () => Remove(connection));
            }
        }

        if (after == 0)
        {
            Remove(connection);
        }
    }

    internal void Remove(TcpListener listener) => _listeners.Remove(listener.Port);

    private static ulong Pair(ushort localPort, Ipv4Endpoint remote) =>
        ((ulong)remote.Address.Value << 32) | ((ulong)remote.Port << 16) | localPort;

    private TcpConnection Add(ulong pair, Ipv4Endpoint local, Ipv4Endpoint remote, TcpListener? listener)
    {
        var connection = new TcpConnection(this, local, remote, _sequences.Choose(pair), listener);
        _connections.Add(pair, connection);
        _ports.Take(local.Port);
        ConnectionCount++;
        return connection;
    }

    private void Remove(TcpConnection connection)
    {
        ulong pair = Pair(connection.Local.Port, connection.Remote);
        if (_connections.TryGetValue(pair, out TcpConnection? current) && current == connection)
        {
            _connections.Remove(pair);
            _ports.Free(connection.Local.Port);
        }
    }

    private void TakeSegment(in IncomingSegment segment)
    {
        ulong pair = Pair(segment.Destination.Port, segment.Source);
        bool isOpening = segment.Has(TcpFlags.Syn) && !segment.Has(TcpFlags.Ack) && !segment.Has(TcpFlags.Rst);
        TcpListener? listener = isOpening ? _listeners.GetValueOrDefault(segment.Destination.Port) : null;
        if (_connections.TryGetValue(pair, out TcpConnection? connection))
        {
            // RFC 9293 3.10.7.4: a new connection may follow an old one that is in TIME-WAIT.
            bool isNew = connection.State == TcpState.TimeWait && listener is not null
                && SequenceOrder.IsBefore(connection.Receiver.Next, segment.Sequence);
            if (!isNew)
            {
                ArrivalRules.Apply(connection, segment);
                return;
            }

            Remove(connection);
        }

        if (listener is null)
        {
            Refuse(segment);
            return;
        }

        connection = Add(pair, segment.Destination, segment.Source, listener);
        connection.Synchronize(segment);
        connection.Handshake.Send();
    }

    private void TakeIcmp(ReadOnlySpan<byte> message)
    {
        if (IcmpQuote.TryParse(message, out IcmpQuote quote)
            && quote.Source.Address == Address
            && _connections.TryGetValue(Pair(quote.Source.Port, quote.Destination), out TcpConnection? connection))
        {
            quote.Tell(connection);
        }
    }
}
