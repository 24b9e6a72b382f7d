namespace ReAim.NatLab.Tests.Oscar;

/// <summary>What a server does with TLV 0003 of a proposal that it relays. Both then append 0004, the address they see.</summary>
internal enum ServerStyle
{
    /// <summary>AOL's servers: leaves it.</summary>
    Keeps,

    /// <summary>open-oscar-server: every 0003 becomes the address it sees.</summary>
    Overwrites,
}
