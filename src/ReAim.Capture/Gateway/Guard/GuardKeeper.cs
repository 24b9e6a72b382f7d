using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using ReAim.Alg.Streams;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway.Guard;

/// <summary>
/// Changes the guard's table for workers, on a thread of its own: only the supervisor's socket may, and a worker waits for it. What a worker
/// asked for stays when it is gone.
/// </summary>
internal sealed class GuardKeeper : IDisposable
{
    /// <summary>Connections guarded at once: as many as an engine asks for, and as many that workers before it left.</summary>
    private const int Most = 2 * 1_024;

    private readonly GuardTable _table;
    private readonly SafeFileHandle _line;
    private readonly Thread _thread;
    private readonly HashSet<FlowKey> _guarded = [];
    private HashSet<FlowKey> _left = [];

    private GuardKeeper(GuardTable table, SafeFileHandle line, SafeFileHandle workerLine)
    {
        (_table, _line, WorkerLine) = (table, line, workerLine);
        _thread = new Thread(Serve) { IsBackground = true, Name = "guard keeper" };
    }

    /// <summary>Begins, if the kernel has such tables.</summary>
    /// <param name="marks">Our bits.</param>
    /// <param name="keeper">The keeper.</param>
    /// <returns>Why there is none.</returns>
    public static Errno TryBegin(MarkLayout marks, out GuardKeeper? keeper)
    {
        keeper = null;
        Errno error = GuardTable.TryOpen(marks, out GuardTable? table);
        if (table is null)
        {
            return error;
        }

        (SafeFileHandle line, SafeFileHandle workerLine) = LibC.MessagePair();
        keeper = new GuardKeeper(table, line, workerLine);
        _ = table.TryRead(keeper._guarded);
        keeper._thread.Start();
        return Errno.None;
    }

    /// <summary>The workers' end of the line, which they inherit one after the other.</summary>
    public SafeFileHandle WorkerLine { get; }

    /// <summary>True if connections stay guarded when this process is killed.</summary>
    public bool Persists => _table.Persists;

    /// <summary>Ends, and removes the table.</summary>
    public void Dispose()
    {
        Span<byte> end = stackalloc byte[GuardMessage.Length];
        new GuardMessage(0, GuardQuestion.End, default).Write(end);
        _ = LibC.Write(WorkerLine, end);
        _thread.Join();
        _table.Dispose();
        _line.Dispose();
        WorkerLine.Dispose();
    }

    private void Serve()
    {
        Span<byte> bytes = stackalloc byte[GuardMessage.Length + 1];
        while (true)
        {
            nint count = LibC.Receive(_line, bytes, (nuint)bytes.Length, flags: 0);
            if (count < 0 && LibC.LastError != Errno.Interrupted)
            {
                return;
            }

            if (count > 0 && GuardMessage.TryRead(bytes[..(int)count], out GuardMessage message))
            {
                if (message.Kind == GuardQuestion.End)
                {
                    return;
                }

                Take(message);
            }
        }
    }

    private void Take(GuardMessage message)
    {
        switch (message.Kind)
        {
            case GuardQuestion.Guard:
                Answer(message.Number, [TryGuard(message.Flow) ? (byte)1 : (byte)0]);
                break;
            case GuardQuestion.Release:
                Release(message.Flow);
                break;
            case GuardQuestion.List:
                _left = [.. _guarded];
                var flows = new byte[_left.Count * GuardMessage.FlowLength];
                int at = 0;
                foreach (FlowKey flow in _left)
                {
                    GuardMessage.WriteFlow(flow, flows.AsSpan(at));
                    at += GuardMessage.FlowLength;
                }

                Answer(message.Number, flows);
                break;
            default:
                break;
        }
    }

    private bool TryGuard(FlowKey flow)
    {
        _left.Remove(flow);
        if (_guarded.Contains(flow))
        {
            return true;
        }

        if (_guarded.Count >= Most && _left.Count > 0)
        {
            // Most of what workers left is over by now, and nobody saw it end.
            Release(_left.First());
        }

        if (_guarded.Count >= Most || _table.Add(flow) != Errno.None)
        {
            return false;
        }

        return _guarded.Add(flow);
    }

    private void Release(FlowKey flow)
    {
        var exchanged = new FlowKey(flow.Remote, flow.Lan);
        _left.Remove(flow);
        _left.Remove(exchanged);
        if (_guarded.Remove(flow) | _guarded.Remove(exchanged))
        {
            _ = _table.Remove(flow);
        }
    }

    /// <summary>A worker that was killed may have left no room: then nobody waits for the answer.</summary>
    private void Answer(uint number, ReadOnlySpan<byte> content)
    {
        byte[] answer = [.. MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in number)), .. content];
        _ = LibC.SendUnix(_line, answer);
    }
}
