using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>
/// The sender's one timer: retransmission (RFC 6298), tail-loss probe (RFC 8985 7, with Linux's times) or window probe
/// (RFC 9293 3.8.6.1), whichever the connection's state asks for.
/// </summary>
internal sealed class SenderClock
{
    private const long SilenceLimit = 60 * Simulation.Second;
    private const int RetryLimit = 15;
    private const long ProbeFloor = 10 * Simulation.Millisecond;
    private const long LoneSegmentAllowance = 200 * Simulation.Millisecond;
    private const long ProbeUnmeasured = Simulation.Second;

    private readonly TcpConnection _connection;
    private readonly Simulation _simulation;
    private readonly Flight _flight;
    private readonly CongestionWindow _congestion;
    private readonly RoundTripEstimator _roundTrip = new();
    private readonly Alarm _alarm;
    private Purpose _purpose;
    private long _retransmissionBase;
    private long _probeBase;
    private long _windowProbeBase;
    private long _progressAt;
    private int _windowProbes;
    private int _retries;
    private uint _probedUntil;
    private bool _tailProbed;

    public SenderClock(TcpConnection connection, Flight flight, CongestionWindow congestion)
    {
        _connection = connection;
        _simulation = connection.Host.Simulation;
        _flight = flight;
        _congestion = congestion;
        _alarm = new Alarm(_simulation, Ring);
    }

    private enum Purpose
    {
        None,
        Retransmission,
        TailProbe,
        WindowProbe,
    }

    public required Action TimedOut { get; init; }

    public required Action TailIsSilent { get; init; }

    public required Action WindowIsShut { get; init; }

    private bool MayProbeTail => _connection.Host.Options.TailLossProbe && !_tailProbed && !_congestion.IsRecovering;

    /// <summary>The handshake is complete; its round trip is the first measurement, unless it is -1.</summary>
    public void Open(long roundTrip)
    {
        if (roundTrip >= 0)
        {
            _roundTrip.Measure(roundTrip);
        }

        Restart();
    }

    public void Stop() => _alarm.Clear();

    /// <summary>Retransmission counts from now.</summary>
    public void Restart()
    {
        _retransmissionBase = _simulation.Now;
        _probeBase = _simulation.Now;
    }

    public void NewDataLeaves()
    {
        _probeBase = _simulation.Now;
        if (_flight.IsEmpty)
        {
            _retransmissionBase = _simulation.Now;
            _progressAt = _simulation.Now;
        }
    }

    /// <summary>The other end lives.</summary>
    public void Heard()
    {
        if (_flight.IsEmpty)
        {
            _progressAt = _simulation.Now;
        }
    }

    /// <summary>New data is acknowledged.</summary>
    public void Progress(long roundTrip, uint acknowledgement)
    {
        if (roundTrip >= 0)
        {
            _roundTrip.Measure(roundTrip);
        }

        _roundTrip.ResetBackoff();
        _retries = 0;
        _progressAt = _simulation.Now;
        _tailProbed &= SequenceOrder.IsBefore(acknowledgement, _probedUntil);
        Restart();
    }

    /// <summary>A tail-loss probe left: no other until all that is out now is acknowledged.</summary>
    public void TailProbed(uint until)
    {
        _tailProbed = true;
        _probedUntil = until;
        Restart();
    }

    /// <summary>Sets the timer to what the state of the connection asks for.</summary>
    public void Arm(bool isWaiting)
    {
        if (!_flight.IsEmpty)
        {
            ArmForFlight();
        }
        else if (!isWaiting)
        {
            _purpose = Purpose.None;
            _alarm.Clear();
        }
        else
        {
            if (_purpose != Purpose.WindowProbe)
            {
                _windowProbes = 0;
                _windowProbeBase = _simulation.Now;
                _progressAt = _simulation.Now;
            }

            _purpose = Purpose.WindowProbe;
            _alarm.Set(_windowProbeBase + (_roundTrip.Timeout << Math.Min(_windowProbes, 6)));
        }
    }

    private void ArmForFlight()
    {
        long deadline = Math.Min(_retransmissionBase + _roundTrip.Timeout, _progressAt + SilenceLimit);
        _purpose = Purpose.Retransmission;
        if (MayProbeTail)
        {
            long wait = _roundTrip.Smoothed == 0
                ? ProbeUnmeasured
                : Math.Max(ProbeFloor, 2 * _roundTrip.Smoothed) + (_flight.Count == 1 ? LoneSegmentAllowance : 0);
            _purpose = Purpose.TailProbe;

            // A probe takes the timeout's place if it would come later (tcp_schedule_loss_probe).
            deadline = Math.Min(deadline, _probeBase + wait);
        }

        _alarm.Set(deadline);
    }

    private void Ring()
    {
        if (_purpose == Purpose.None)
        {
            return;
        }

        if (_simulation.Now - _progressAt >= SilenceLimit)
        {
            _connection.Break();
            return;
        }

        switch (_purpose)
        {
            case Purpose.TailProbe:
                TailIsSilent();
                break;
            case Purpose.Retransmission when ++_retries > RetryLimit:
                _connection.Break();
                break;
            case Purpose.Retransmission:
                _roundTrip.BackOff();
                _tailProbed = false;
                Restart();
                TimedOut();
                break;
            default:
                _windowProbes++;
                _windowProbeBase = _simulation.Now;
                WindowIsShut();
                break;
        }
    }
}
