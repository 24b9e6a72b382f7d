using ReAim.Capture.Gateway.Supervision;

namespace ReAim.Capture.Gateway.Rules;

/// <summary>The gateway's rules, as the supervisor handles them.</summary>
/// <param name="rules">The rules.</param>
/// <param name="watch">Begins to tell when rules change, until what it returns is disposed; null where nobody tells.</param>
internal sealed class SupervisedRules(GatewayRules rules, Func<Action, IDisposable?>? watch = null) : IRules
{
    private const string Table = $"the nftables table ip {ReaimTable.Name}";
    private const string Chain = $"the iptables chain {IptablesChain.Name}";

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
    public string? Repair()
    {
        RulesLoss loss = rules.Verify();
        if (loss == RulesLoss.None)
        {
            return null;
        }

        rules.Restore(loss);
        return loss switch
        {
            RulesLoss.Table => Table,
            RulesLoss.Chain => Chain,
            _ => $"{Table} and {Chain}",
        };
    }

    /// <inheritdoc/>
    public IDisposable? Watch(Action touched) => watch?.Invoke(touched);

    /// <inheritdoc/>
    public void StopQueueing() => rules.StopQueueing();

    /// <inheritdoc/>
    public void Remove() => rules.Remove();
}
