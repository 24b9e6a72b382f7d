using ReAim.Alg.Streams;

namespace ReAim.Alg.Tests.World;

/// <summary>A guard that outlives engines, and remembers what it was asked.</summary>
internal sealed class RecordingGuard : ILengthGuard
{
    /// <summary>What it says when it is asked to guard.</summary>
    public bool Guards { get; set; } = true;

    public HashSet<FlowKey> Guarded { get; } = [];

    public int Asked { get; private set; }

    public bool TryGuard(FlowKey flow)
    {
        Asked++;
        return Guards && (Guarded.Add(flow) || true);
    }

    public bool IsGuarded(FlowKey flow) => Guarded.Contains(flow);

    public void Release(FlowKey flow) => Guarded.Remove(flow);
}
