namespace ReAim.Capture.Checking.Firewall;

/// <summary>What a rule does with a packet that meets its conditions.</summary>
internal enum RuleAction
{
    /// <summary>Nothing that decides: the next rule follows.</summary>
    Continue,

    /// <summary>The packet passes this base chain.</summary>
    Accept,

    /// <summary>It is gone.</summary>
    Drop,

    /// <summary>It is gone, and its sender hears of it.</summary>
    Reject,

    /// <summary>Back to the chain that jumped here.</summary>
    Return,

    /// <summary>To another chain, and back here.</summary>
    Jump,

    /// <summary>To another chain, and not back here.</summary>
    Goto,

    /// <summary>The source becomes an address of this machine, or one that the rule names.</summary>
    SourceNat,

    /// <summary>The destination becomes what the rule names.</summary>
    DestinationNat,

    /// <summary>Where the destination is translated it becomes an address of another network, elsewhere the source does.</summary>
    NetworkMap,

    /// <summary>The destination becomes this machine.</summary>
    Redirect,

    /// <summary>A program on this machine takes the packet, whatever its destination.</summary>
    TransparentProxy,

    /// <summary>A program decides.</summary>
    Queue,
}
