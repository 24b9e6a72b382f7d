namespace ReAim.NatLab.Tests.Tcp;

/// <summary>The states of a connection (RFC 9293 3.3.2).</summary>
internal enum TcpState
{
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
    Closed,
}
