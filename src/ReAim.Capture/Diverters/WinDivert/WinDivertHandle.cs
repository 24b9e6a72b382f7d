using System.Buffers.Binary;
using System.Globalization;
using ReAim.Capture.Diverters.WinDivert.Interop;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>
/// A handle of the real driver. Its packets are waited for by a thread of its own, which hands them over in a few batches; while all are
/// full, the driver keeps what comes.
/// </summary>
internal sealed class WinDivertHandle : IDivertHandle
{
    private const int Batches = 4;

    /// <summary>How long the driver may take to hand out the rest after a stop, in milliseconds; it takes none unless it hangs.</summary>
    private const int RestTime = 1_000;

    private readonly Queue<DivertBatch> _free = new(Batches);
    private readonly Queue<DivertBatch> _full = new(Batches);
    private readonly object _lock = new();
    private readonly IWinDivertCalls _calls;
    private readonly nint _handle;
    private readonly Action _wake;
    private readonly Thread _thread;
    private bool _isStopped;
    private bool _isClosing;
    private int _error;

    /// <summary>Begins to wait for packets.</summary>
    /// <param name="calls">The driver's functions.</param>
    /// <param name="handle">The open handle, which it owns.</param>
    /// <param name="wake">Is called, on any thread, when packets have come, or none will come any more.</param>
    public WinDivertHandle(IWinDivertCalls calls, nint handle, Action wake)
    {
        (_calls, _handle, _wake) = (calls, handle, wake);
        for (int i = 0; i < Batches; i++)
        {
            _free.Enqueue(new DivertBatch());
        }

        _thread = new Thread(Receive) { IsBackground = true, Name = "windivert" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public bool TryReceive(DivertBatch batch)
    {
        lock (_lock)
        {
            if (_isStopped && _full.Count == 0 && _error == 0)
            {
                // The driver hands out the rest at once: what is not taken now would be lost.
                Monitor.Wait(_lock, RestTime);
            }

            if (!_full.TryDequeue(out DivertBatch? received))
            {
                return _error is 0 or DivertErrors.NoData
                    ? false
                    : throw new IOException(string.Create(CultureInfo.InvariantCulture, $"WinDivert hands out no more packets (Windows error {_error}): the worker ends, and another one begins."));
            }

            batch.CopyFrom(received);
            _free.Enqueue(received);
            Monitor.PulseAll(_lock);
            return true;
        }
    }

    /// <inheritdoc/>
    public int Send(DivertBatch batch)
    {
        int error = _calls.Send(_handle, batch.Bytes.AsSpan(0, batch.Length), batch.Addresses.AsSpan(0, batch.Count));
        if (error is 0 or DivertErrors.HostUnreachable)
        {
            // Of a packet that has no hops left the driver tells after it has sent the others.
            return error == 0 ? 0 : 1;
        }

        // Any other error ends a batch where it happens; what went before is sent twice, which TCP bears.
        int unsent = 0;
        int offset = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(batch.Bytes.AsSpan(offset + 2));
            unsent += _calls.Send(_handle, batch.Bytes.AsSpan(offset, length), batch.Addresses.AsSpan(i, 1)) == 0 ? 0 : 1;
            offset += length;
        }

        return unsent;
    }

    /// <inheritdoc/>
    public void StopReceiving()
    {
        _calls.Shutdown(_handle, isReceivingOnly: true);
        lock (_lock)
        {
            _isStopped = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosing)
            {
                return;
            }

            _isClosing = true;
            Monitor.PulseAll(_lock);
        }

        _calls.Shutdown(_handle, isReceivingOnly: false);
        _thread.Join();
        _calls.Close(_handle);
    }

    private void Receive()
    {
        while (TryTakeFree(out DivertBatch batch))
        {
            int error = _calls.Receive(_handle, batch.Bytes, batch.Addresses, out int length, out int count);
            lock (_lock)
            {
                if (error == 0)
                {
                    batch.Fill(count, length);
                    _full.Enqueue(batch);
                }
                else
                {
                    _error = error;
                }

                Monitor.PulseAll(_lock);
            }

            _wake();
            if (error != 0)
            {
                return;
            }
        }
    }

    private bool TryTakeFree(out DivertBatch batch)
    {
        lock (_lock)
        {
            while (_free.Count == 0 && !_isClosing)
            {
                Monitor.Wait(_lock);
            }

            batch = _isClosing ? null! : _free.Dequeue();
            return !_isClosing;
        }
    }
}
