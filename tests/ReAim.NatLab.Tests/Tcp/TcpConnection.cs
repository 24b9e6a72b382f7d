using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>A TCP connection, as a program uses it.</summary>
internal sealed class TcpConnection
{
    public Ipv4Endpoint Local => throw new NotSupportedException();

    public Ipv4Endpoint Remote => throw new NotSupportedException();

    /// <summary>True turns Nagle off: every <see cref="Send"/> leaves at once, as a segment of its own if it fits.</summary>
    public bool NoDelay { get; set; }

    /// <summary>True once it was reset or given up for want of an answer.</summary>
    public bool IsBroken => throw new NotSupportedException();

    /// <summary>Hands bytes to TCP; they are copied. Nothing happens if the connection is broken.</summary>
    public void Send(ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    /// <summary>Waits for that many bytes.</summary>
    /// <returns>The bytes; null if the stream ended or broke before. Only one read may be under way.</returns>
    public Task<byte[]?> ReadExactAsync(int count) => throw new NotSupportedException();

    /// <summary>Waits for at least one byte and takes what there is, up to a maximum; empty at the end of the stream.</summary>
    public Task<byte[]> ReadSomeAsync(int maximum) => throw new NotSupportedException();

    /// <summary>Ends once all bytes sent so far are acknowledged; false if the connection broke before.</summary>
    public Task<bool> FlushAsync() => throw new NotSupportedException();

    /// <summary>No more will be sent: a FIN follows the last byte. Reading goes on.</summary>
    public void Close() => throw new NotSupportedException();

    /// <summary>Resets the connection.</summary>
    public void Abort() => throw new NotSupportedException();
}
