namespace ReAim.Capture.Gateway.Rules;

/// <summary>
/// Our rules in the kernel of this network namespace: our nftables table, and where its queue needs that our iptables chain.
/// Connection marks are not rules: they stay when the rules go, and so a restart knows the connections of before.
/// </summary>
internal sealed class GatewayRules
{
    private readonly Nftables _nft;
    private readonly Iptables? _iptables;
    private readonly Func<uint?> _generation;
    private string? _installedTable;
    private string? _installedChain;
    private uint? _verified;
    private bool _foundMangle;

    private GatewayRules(GatewayOptions options, Nftables nft, QueueProbe probe, Func<uint?> generation)
    {
        Options = options with { Flavour = probe.Flavour };
        (_nft, _iptables, _generation) = (nft, probe.Iptables, generation);
    }

    /// <summary>The options, with the flavour that was found.</summary>
    public GatewayOptions Options { get; }

    /// <summary>The command of the kind of iptables that takes the chain; null if nftables queues itself.</summary>
    public string? IptablesCommand => _iptables?.Command;

    /// <summary>Finds out how rules can be installed here. Nothing is installed yet.</summary>
    /// <param name="options">All that stands in the rules.</param>
    /// <param name="generation">The number of the last change of nftables (NFT_MSG_GETGEN), or null if it is not known.</param>
    /// <exception cref="BadInputException">They cannot be.</exception>
    public static GatewayRules Prepare(GatewayOptions options, Func<uint?>? generation = null)
    {
        Nftables nft = Nftables.Find()
            ?? throw new BadInputException("the program nft is missing: install the package nftables.");
        return new GatewayRules(options, nft, QueueProbe.Run(options, nft), generation ?? (() => null));
    }

    /// <summary>Removes what an earlier run may have left, and installs the rules: all of them, or none.</summary>
    /// <exception cref="IOException">They were refused; nothing of ours stays.</exception>
    public void Install()
    {
        // What an earlier run left alone is not the administrator's.
        _foundMangle = _iptables?.Read() is { HasTable: true } mangle && (mangle.HasOthers || !mangle.HasAnything);
        CleanUp(_nft, except: _iptables, _foundMangle);
        try
        {
            Restore(RulesLoss.Table | RulesLoss.Chain);
        }
        catch (IOException)
        {
            TryRemove();
            throw;
        }
    }

    /// <summary>What is missing of the rules, or is not as it was installed. Cheap while nobody changes anything.</summary>
    /// <exception cref="IOException">It could not be found out this time.</exception>
    public RulesLoss Verify()
    {
        if (_installedTable is null)
        {
            return RulesLoss.None;
        }

        uint? now = _generation();
        // Legacy iptables has no number that changes.
        if (now is not null && now == _verified && _iptables?.IsLegacy != true)
        {
            return RulesLoss.None;
        }

        RulesLoss loss = _nft.Table() == _installedTable ? RulesLoss.None : RulesLoss.Table;
        if (_iptables is not null && !IsWhole(_iptables.Read()))
        {
            loss |= RulesLoss.Chain;
        }

        _verified = loss == RulesLoss.None ? now : null;
        return loss;
    }

    /// <summary>Puts back what is missing.</summary>
    /// <param name="loss">What <see cref="Verify"/> said.</param>
    /// <exception cref="IOException">It was refused.</exception>
    public void Restore(RulesLoss loss)
    {
        if (loss.HasFlag(RulesLoss.Table))
        {
            _nft.Apply(ReaimTable.Text(Options, Options.Flavour));
            _installedTable = _nft.Table();
        }

        if (loss.HasFlag(RulesLoss.Chain) && _iptables is not null)
        {
            _iptables.Apply(IptablesChain.Installation(Options.Marks, Options.Queue, _iptables.Read()));
            _installedChain = Text(_iptables.Read());
        }
    }

    /// <summary>The first step of the end: no further packet is queued, mappings still work. From now on nothing is missed.</summary>
    /// <exception cref="IOException">It was refused.</exception>
    public void StopQueueing()
    {
        _installedTable = null;
        if (Options.ListensOnly)
        {
            return;
        }

        if (_iptables is not null)
        {
            IptablesMangle now = _iptables.Read();
            if (now.Jumps.Count > 0)
            {
                _iptables.Apply(IptablesChain.Stop(now));
            }
        }

        // A table that somebody took queues nothing either.
        if (_nft.Table().Length > 0)
        {
            _nft.Apply(ReaimTable.Stop(Options.Flavour));
        }
    }

    /// <summary>Removes everything of ours. Connections that mappings let in go on.</summary>
    /// <exception cref="IOException">Something could not be removed.</exception>
    public void Remove()
    {
        _installedTable = null;
        RemoveAll(_nft, _foundMangle);
    }

    /// <summary>Removes everything of ours that is there.</summary>
    /// <param name="nft">The program; null if there is none, and so no table of ours.</param>
    /// <param name="keepsMangle">True if iptables' table mangle is to stay although nothing is in it.</param>
    /// <exception cref="IOException">Something could not be removed.</exception>
    public static void RemoveAll(Nftables? nft, bool keepsMangle = false)
    {
        try
        {
            nft?.Apply(ReaimTable.Removal);
        }
        finally
        {
            CleanUp(nft, except: null, keepsMangle);
        }
    }

    /// <summary>Of both kinds of iptables, removes our chain. The table goes with the transaction that brings the new one.</summary>
    private static void CleanUp(Nftables? nft, Iptables? except, bool keepsMangle)
    {
        foreach (Iptables iptables in Iptables.FindAll())
        {
            if (iptables.IsLegacy != except?.IsLegacy && iptables.Read() is { HasAnything: true } left)
            {
                iptables.Apply(IptablesChain.Removal(left));
                // iptables made the table for our chain, and would leave it.
                if (!iptables.IsLegacy && !keepsMangle && !left.HasOthers && nft?.IsEmptyTable(IptablesChain.Table) == true)
                {
                    nft.Apply($"delete table ip {IptablesChain.Table}\n");
                }
            }
        }
    }

    private void TryRemove()
    {
        try
        {
            Remove();
        }
        catch (IOException)
        {
            // What was refused first is what the administrator needs to hear.
        }
    }

    private bool IsWhole(IptablesMangle now) => now.HasChain && now.JumpIsLast && Text(now) == _installedChain;

    private static string Text(IptablesMangle mangle) => string.Join('\n', mangle.Rules);
}
