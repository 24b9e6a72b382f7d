using ReAim.Capture.Gateway.Supervision;

namespace ReAim.Capture.Windows;

/// <summary>Where nothing of the system's has to be changed: what a worker installs ends with it.</summary>
internal sealed class NoFirewallRule : IRules
{
    /// <inheritdoc/>
    public void Install()
    {
    }

    /// <inheritdoc/>
    public string? Repair() => null;

    /// <inheritdoc/>
    public void StopQueueing()
    {
    }

    /// <inheritdoc/>
    public void Remove()
    {
    }
}
