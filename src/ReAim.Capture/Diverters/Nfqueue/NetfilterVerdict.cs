namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>What the kernel does with a packet that comes back (linux/netfilter.h, NF_).</summary>
internal enum NetfilterVerdict : uint
{
    /// <summary>It is gone.</summary>
    Drop = 0,

    /// <summary>On, behind the hook that queued it: what that chain has after the queueing rule is skipped.</summary>
    Accept = 1,

    /// <summary>Through the hook that queued it once more, from the chain's first rule.</summary>
    Repeat = 4,

    /// <summary>On, past all hooks of this place: explicit drops too.</summary>
    Stop = 5,
}
