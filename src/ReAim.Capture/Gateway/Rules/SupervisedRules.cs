using ReAim.Capture.Gateway.Supervision;

namespace ReAim.Capture.Gateway.Rules;

/// <summary>The gateway's rules, as the supervisor handles them.</summary>
/// <param name="rules">The rules.</param>
/// <param name="watch">Begins to tell when rules change, until what it returns is disposed; null where nobody tells.</param>
internal sealed class SupervisedRules(GatewayRules rules, Func<Action, IDisposable?>? watch = null) : IRules
{
    /// <summary>What is taken again and again waits for the next look.</summary>
    private const int MaxLooks = 3;

    private const string Table = $"the nftables table ip {ReaimTable.Name}";
    private const string Chain = $"the iptables chain {IptablesChain.Name}, or its jump as the last rule,";

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
        // Who loads rules anew may take more while we look.
        RulesLoss missing = RulesLoss.None;
        RulesLoss loss = rules.Verify();
        for (int looks = 1; loss != RulesLoss.None; looks++)
        {
            missing |= loss;
            rules.Restore(loss);
            loss = looks < MaxLooks ? rules.Verify() : RulesLoss.None;
        }

        return missing switch
        {
            RulesLoss.None => null,
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
