namespace ReAim.Capture.Gateway;

/// <summary>How packets get into the netfilter queue.</summary>
internal enum QueueFlavour
{
    /// <summary>nft's own statement where the kernel has it, else iptables.</summary>
    Auto,

    /// <summary>nft's <c>queue</c> statement.</summary>
    Nft,

    /// <summary>iptables' NFQUEUE target, and verdicts that let the packet go through its chain once more.</summary>
    Iptables,
}
