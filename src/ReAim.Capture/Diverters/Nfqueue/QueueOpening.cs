namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>What came of binding to a queue.</summary>
internal enum QueueOpening
{
    /// <summary>It is ours.</summary>
    Bound,

    /// <summary>Another process has a queue of this number.</summary>
    Taken,

    /// <summary>It takes CAP_NET_ADMIN.</summary>
    NotPermitted,

    /// <summary>The kernel has no NFQUEUE (nfnetlink_queue).</summary>
    NotSupported,

    /// <summary>Something else failed.</summary>
    Failed,
}
