using ReAim.Alg;
using ReAim.Alg.Streams;

namespace ReAim.Capture.Gateway.Guard;

/// <summary>Of a kernel that cannot guard connections: no lengths are changed.</summary>
internal sealed class NoGuard : ILengthGuard
{
    /// <inheritdoc/>
    public bool TryGuard(FlowKey flow) => false;

    /// <inheritdoc/>
    public bool IsGuarded(FlowKey flow) => false;

    /// <inheritdoc/>
    public void Release(FlowKey flow)
    {
    }
}
