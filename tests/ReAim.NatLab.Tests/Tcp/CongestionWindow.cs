namespace ReAim.NatLab.Tests.Tcp;

/// <summary>How much may be out: slow start, congestion avoidance (RFC 5681) and NewReno's recovery (RFC 6582).</summary>
internal sealed class CongestionWindow
{
    private const int InitialSegments = 10;
    private const int DuplicatesForLoss = 3;
    private const int Largest = 1 << 20;

    private int _threshold = int.MaxValue;
    private int _duplicates;
    private uint _recoverUntil;
    private Recovery _recovery;

    private enum Recovery
    {
        None,
        FastRetransmit,
        Timeout,
    }

    public int Size { get; private set; }

    public bool IsRecovering => _recovery != Recovery.None;

    public void Start(int mss) => Size = InitialSegments * mss;

    /// <summary>New data is acknowledged.</summary>
    /// <returns>True if the next segment is lost as well and must be sent again (RFC 6582 3.2, partial acknowledgement).</returns>
    public bool Acknowledge(uint acknowledgement, int acknowledged, int mss)
    {
        _duplicates = 0;
        bool isOver = SequenceOrder.IsAtOrBefore(_recoverUntil, acknowledgement);
        if (_recovery == Recovery.FastRetransmit)
        {
            Size = isOver ? _threshold : Math.Max(mss, Size - acknowledged + mss);
            _recovery = isOver ? Recovery.None : _recovery;
            return !isOver;
        }

        if (isOver)
        {
            _recovery = Recovery.None;
        }

        int growth = Size < _threshold ? Math.Min(acknowledged, 2 * mss) : Math.Max(1, (int)((long)mss * acknowledged / Size));
        Size = Math.Min(Size + growth, Largest);
        return false;
    }

    /// <summary>The same acknowledgement came again.</summary>
    /// <returns>True if the first segment must be taken for lost.</returns>
    public bool CountDuplicate(int pipe, uint sentUntil, int mss)
    {
        if (_recovery == Recovery.FastRetransmit)
        {
            Size += mss;
            return false;
        }

        if (_recovery == Recovery.Timeout || ++_duplicates < DuplicatesForLoss)
        {
            return false;
        }

        _threshold = Math.Max(pipe / 2, 2 * mss);
        Size = _threshold + (DuplicatesForLoss * mss);
        _recovery = Recovery.FastRetransmit;
        _recoverUntil = sentUntil;
        return true;
    }

    /// <summary>The timeout passed: back to one segment (RFC 5681 3.1).</summary>
    public void TimeOut(int pipe, uint sentUntil, int mss)
    {
        if (_recovery != Recovery.Timeout)
        {
            _threshold = Math.Max(pipe / 2, 2 * mss);
        }

        Size = mss;
        _duplicates = 0;
        _recovery = Recovery.Timeout;
        _recoverUntil = sentUntil;
    }
}
