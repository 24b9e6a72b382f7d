using ReAim.Capture.Gateway.Supervision;

namespace ReAim.Capture.Gateway.Rules;

/// <summary>The gateway's rules, as the supervisor handles them.</summary>
internal sealed class SupervisedRules(GatewayRules rules) : IRules
{
    /// <inheritdoc/>
    public void Install()
    {
        try
        {
            rules.Install();
        }
        catch (IOException refusal)
        {
            throw new BadInputException($"the rules could not be installed, and none is: {refusal.Message}");
        }
    }

    /// <inheritdoc/>
    public bool Repair()
    {
        RulesLoss loss = rules.Verify();
        if (loss == RulesLoss.None)
        {
            return false;
        }

        rules.Restore(loss);
        return true;
    }

    /// <inheritdoc/>
    public void StopQueueing() => rules.StopQueueing();

    /// <inheritdoc/>
    public void Remove() => rules.Remove();
}
