using ReAim.Capture.Gateway.Supervision;

namespace ReAim.Capture.Gateway.Rules;

/// <summary>For what works without rules: none are installed, and the programs that install them need not be there.</summary>
internal sealed class NoRules : IRules
{
    /// <summary>Removes what an earlier run with rules may have left, where there are programs for that.</summary>
    public void Install()
    {
        try
        {
            GatewayRules.RemoveAll(Nftables.Find());
        }
        catch (IOException refusal)
        {
            throw new BadInputException($"rules that an earlier run left could not be removed: {refusal.Message}");
        }
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
