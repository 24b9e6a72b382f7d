using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>Sends the SYN or the SYN-ACK, again after 1 s, 2 s, 4 s and so on.</summary>
internal sealed class Handshake
{
    private const long FirstTimeout = Simulation.Second;
    private const long SilenceLimit = 60 * Simulation.Second;

    private readonly TcpConnection _connection;
    private readonly Simulation _simulation;
    private readonly Alarm _alarm;
    private long _startedAt;
    private int _sent;

    public Handshake(TcpConnection connection)
    {
        _connection = connection;
        _simulation = connection.Host.Simulation;
        _alarm = new Alarm(_simulation, Repeat);
        _startedAt = _simulation.Now;
    }

    /// <summary>How long the answer took; -1 if it is not known to which segment it was one.</summary>
    public long RoundTrip => _sent == 1 ? _simulation.Now - _startedAt : -1;

    public void Send()
    {
        TcpFlags flags = _connection.State == TcpState.SynSent ? TcpFlags.Syn : TcpFlags.Syn | TcpFlags.Ack;
        SegmentFields fields = _connection.Header(flags, _connection.Sender.InitialSequence) with { Mss = _connection.Host.AnnouncedMss };
        _connection.Host.Emit(SegmentWriter.Begin(fields, payloadLength: 0), fields);
        _alarm.Set(_simulation.Now + (FirstTimeout << Math.Min(_sent++, 6)));
    }

    public void Stop() => _alarm.Clear();

    private void Repeat()
    {
        if (_simulation.Now - _startedAt >= SilenceLimit)
        {
            _connection.Break();
        }
        else
        {
            Send();
        }
    }
}
