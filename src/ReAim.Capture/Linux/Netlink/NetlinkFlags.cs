namespace ReAim.Capture.Linux.Netlink;

/// <summary>What a request asks for: the NLM_F_ bits (linux/netlink.h).</summary>
[Flags]
internal enum NetlinkFlags : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is a request: every one has this.</summary>
    Request = 0x01,

    /// <summary>Say how it ended also if it did not fail.</summary>
    Acknowledge = 0x04,

    /// <summary>All there are, not one.</summary>
    Dump = 0x300,

    /// <summary>Make it if there is none.</summary>
    Create = 0x400,

    /// <summary>Behind those that are there.</summary>
    Append = 0x800,
}
