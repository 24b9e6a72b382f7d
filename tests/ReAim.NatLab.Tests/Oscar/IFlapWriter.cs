using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>How a program hands its FLAPs to TCP.</summary>
internal interface IFlapWriter
{
    void Write(TcpConnection connection, byte[] frame);

    /// <summary>Hands over at once what it still keeps.</summary>
    void Flush(TcpConnection connection)
    {
    }
}

/// <summary>A whole FLAP at a time.</summary>
internal sealed class WholeFrames : IFlapWriter
{
    public void Write(TcpConnection connection, byte[] frame) => connection.Send(frame);
}

/// <summary>As open-oscar-server does: field by field past Nagle, so that each FLAP arrives as 1, 1, 2, 2 bytes and the rest.</summary>
internal sealed class FieldByField : IFlapWriter
{
    public void Write(TcpConnection connection, byte[] frame)
    {
        connection.NoDelay = true;
        int at = 0;
        foreach (int length in (ReadOnlySpan<int>)[1, 1, 2, 2])
        {
            connection.Send(frame.AsSpan(at, length));
            at += length;
        }

        if (at < frame.Length)
        {
            connection.Send(frame.AsSpan(at));
        }
    }
}
