namespace ReAim.Capture.Gateway.Rules;

/// <summary>How packets can get into the queue here, found out by asking the kernel. Nothing is installed.</summary>
/// <param name="Flavour">The way; never <see cref="QueueFlavour.Auto"/>.</param>
/// <param name="Iptables">Who takes the chain, where that is the way.</param>
internal sealed record QueueProbe(QueueFlavour Flavour, Iptables? Iptables)
{
    /// <summary>Tries what the options allow: nft's own statement first.</summary>
    /// <param name="options">The flavour asked for, and all that stands in the rules.</param>
    /// <param name="nft">The program nft.</param>
    /// <exception cref="BadInputException">There is no way.</exception>
    public static QueueProbe Run(GatewayOptions options, Nftables nft)
    {
        if (nft.Try(ReaimTable.Text(options, QueueFlavour.Iptables)) is { } refused)
        {
            throw new BadInputException(
                $"nftables does not take ReAim's table: {refused}; it needs Linux 5.7 and nft 1.0 or newer, with NAT and fib.");
        }

        if (options.ListensOnly)
        {
            return new QueueProbe(QueueFlavour.Nft, null);
        }

        string? noNft = options.Flavour == QueueFlavour.Iptables ? "" : nft.Try(ReaimTable.Text(options, QueueFlavour.Nft));
        if (noNft is null)
        {
            return new QueueProbe(QueueFlavour.Nft, null);
        }

        return options.Flavour == QueueFlavour.Nft
            ? throw new BadInputException(
                "this kernel's nftables has no queue statement (module nft_queue): use --flavour auto or --flavour iptables.")
            : new QueueProbe(QueueFlavour.Iptables, FindIptables(options));
    }

    private static Iptables FindIptables(GatewayOptions options)
    {
        IReadOnlyList<Iptables> all = Rules.Iptables.InOrderOfUse();
        string reason = "iptables is not installed";
        foreach (Iptables iptables in all)
        {
            string? refused = iptables.Try(IptablesChain.Installation(options.Marks, options.Queue, IptablesMangle.Parse("")));
            if (refused is null)
            {
                return iptables;
            }

            reason = $"{iptables.Command}: {refused}";
        }

        string where = options.Flavour == QueueFlavour.Iptables
            ? ""
            : "this kernel's nftables has no queue statement (module nft_queue), and ";
        throw new BadInputException(
            $"{where}packets cannot be queued through iptables ({reason}): load the module xt_NFQUEUE and install iptables, or use --mode listen.");
    }
}
