using ReAim.Capture.Gateway;

namespace ReAim.Gateway.Tests.World;

/// <summary>Which ways into a netfilter queue this machine's kernel has.</summary>
internal static class Flavours
{
    private const string NftQueue = "add table ip t { chain c { queue to 1; }; }";
    private const string IptablesQueue = "*mangle\n-A FORWARD -j NFQUEUE --queue-num 1\nCOMMIT\n";

    /// <summary>Skips the test loudly where the kernel lacks a way.</summary>
    /// <param name="flavour">The way.</param>
    /// <param name="place">Where to ask: nothing is installed there.</param>
    public static void Require(QueueFlavour flavour, NetNamespace place)
    {
        if (flavour == QueueFlavour.Nft && !HasNft(place))
        {
            Assert.Ignore("NOT TESTED: this kernel's nftables has no queue statement (tests/vm.sh runs one that has).");
        }

        if (flavour == QueueFlavour.Iptables && !HasIptables(place))
        {
            Assert.Ignore("NOT TESTED: this kernel's iptables has no NFQUEUE.");
        }
    }

    /// <summary>Skips the test loudly where legacy iptables cannot have a table mangle.</summary>
    /// <param name="place">Where to ask.</param>
    public static void RequireLegacy(NetNamespace place)
    {
        if (place.TryExec("iptables-legacy", "-t", "mangle", "-S").Code != 0)
        {
            Assert.Ignore("NOT TESTED: this kernel has no legacy iptables (iptable_mangle).");
        }
    }

    /// <summary>True if nftables queues packets itself.</summary>
    public static bool HasNft(NetNamespace place) => place.TryExec("nft", "-c", NftQueue).Code == 0;

    private static bool HasIptables(NetNamespace place)
    {
        (int code, _, string error) = Shell.TryRun("ip", IptablesQueue, "netns", "exec", place.Name, "iptables-restore", "--test", "--noflush");
        return code == 0 && !error.Contains("missing kernel module", StringComparison.Ordinal);
    }
}
