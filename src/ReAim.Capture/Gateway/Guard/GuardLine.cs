using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway.Guard;

/// <summary>A worker's line to the keeper of the guard.</summary>
internal sealed class GuardLine : ILengthGuard
{
    /// <summary>A connection to the keeper and back takes a tenth of a millisecond. Packets wait meanwhile.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    /// <summary>At the start no packet waits, and the machine may be busy.</summary>
    private static readonly TimeSpan PatienceAtStart = TimeSpan.FromSeconds(2);

    /// <summary>Who did not answer is not waited for again at once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Room for all connections that may be guarded.</summary>
    private readonly byte[] _answer = new byte[64 * 1024];

    private readonly HashSet<FlowKey> _guarded = [];
    private readonly SafeFileHandle _line;
    private uint _number = (uint)Environment.ProcessId << 8;
    private long _quietUntil = long.MinValue;

    /// <summary>Takes over the line, and learns what workers before this one had guarded.</summary>
    /// <param name="line">The workers' end.</param>
    /// <exception cref="IOException">The keeper does not answer.</exception>
    public GuardLine(SafeFileHandle line)
    {
        _line = line;
        if (!TryAsk(GuardQuestion.List, default, PatienceAtStart, out ReadOnlySpan<byte> flows))
        {
            throw new IOException("the keeper of guarded connections does not answer.");
        }

        for (; flows.Length >= GuardMessage.FlowLength; flows = flows[GuardMessage.FlowLength..])
        {
            _guarded.Add(GuardMessage.ReadFlow(flows));
        }
    }

    /// <inheritdoc/>
    public bool TryGuard(FlowKey flow)
    {
        if (!TryAsk(GuardQuestion.Guard, flow, Patience, out ReadOnlySpan<byte> answer) || answer is not [1])
        {
            return false;
        }

        _guarded.Add(flow);
        return true;
    }

    /// <inheritdoc/>
    public bool IsGuarded(FlowKey flow) => _guarded.Count > 0 && _guarded.Contains(flow);

    /// <inheritdoc/>
    public void Release(FlowKey flow)
    {
        if (_guarded.Count > 0 && _guarded.Remove(flow))
        {
            Send(GuardQuestion.Release, flow);
        }
    }

    private bool TryAsk(GuardQuestion kind, FlowKey flow, TimeSpan patience, out ReadOnlySpan<byte> answer)
    {
        answer = default;
        if (GatewayClock.Now < _quietUntil || !Send(kind, flow))
        {
            return false;
        }

        long until = GatewayClock.Now + (long)patience.TotalNanoseconds;
        while (GatewayClock.Now is var now && now < until)
        {
            LibC.Poll([new PollDescriptor { Descriptor = (int)_line.DangerousGetHandle(), Events = PollDescriptor.Readable }], (int)patience.TotalMilliseconds);
            nint count = LibC.Receive(_line, _answer, (nuint)_answer.Length, LibC.DoNotWait);
            if (count >= GuardMessage.NumberLength && MemoryMarshal.Read<uint>(_answer) == _number)
            {
                answer = _answer.AsSpan(GuardMessage.NumberLength, (int)count - GuardMessage.NumberLength);
                return true;
            }

            if (count == 0)
            {
                return false;
            }
        }

        _quietUntil = GatewayClock.Now + (long)Pause.TotalNanoseconds;
        return false;
    }

    private bool Send(GuardQuestion kind, FlowKey flow)
    {
        Span<byte> question = stackalloc byte[GuardMessage.Length];
        new GuardMessage(++_number, kind, flow).Write(question);
        return LibC.SendUnix(_line, question) == question.Length;
    }
}
