namespace ReAim.Capture.Gateway;

/// <summary>Who applies mappings on this gateway.</summary>
internal enum TranslatorKind
{
    /// <summary>What suits the machine: nftables on Linux; on Windows what the placement needs.</summary>
    Auto,

    /// <summary>Linux: the kernel, by rules of nftables.</summary>
    Nftables,

    /// <summary>Windows: its NAT, by static mappings.</summary>
    WinNat,

    /// <summary>Any system: a listener on this gateway for each mapping, which carries the bytes on.</summary>
    Relay,

    /// <summary>Windows, as a router without NAT: the engine itself, packet by packet.</summary>
    Userspace,
}
