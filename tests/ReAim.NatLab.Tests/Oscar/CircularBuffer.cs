using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>
/// libpurple's send buffer: a ring that grows in steps of 256 bytes and is never reset. What reaches over its physical end is
/// sent in two parts, and what is written before the second part is gone shares a segment with it (PROTOCOL 1).
/// </summary>
internal sealed class CircularBuffer(Simulation simulation) : IFlapWriter
{
    private const int Step = 256;

    private readonly List<byte> _waiting = [];
    private int _size;
    private int _first;
    private bool _writing;

    public void Write(TcpConnection connection, byte[] frame)
    {
        while (_size - _waiting.Count < frame.Length)
        {
            _size += Step;
        }

        _waiting.AddRange(frame);
        if (!_writing)
        {
            _writing = true;
            SendToEnd(connection);
        }
    }

    public void Flush(TcpConnection connection)
    {
        connection.Send(_waiting.ToArray());
        _first = _size == 0 ? 0 : (_first + _waiting.Count) % _size;
        _waiting.Clear();
    }

    /// <summary>One turn of the program's loop: one call of send() with what lies in one piece.</summary>
    private void SendToEnd(TcpConnection connection)
    {
        if (_waiting.Count == 0)
        {
            _writing = false;
            return;
        }

        int length = Math.Min(_waiting.Count, _size - _first);
        connection.Send(_waiting.GetRange(0, length).ToArray());
        _waiting.RemoveRange(0, length);
        _first = (_first + length) % _size;
        simulation.After(0, () => SendToEnd(connection));
    }
}
