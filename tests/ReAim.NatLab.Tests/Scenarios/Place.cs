namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>Where a client of a story stands.</summary>
internal enum Place
{
    /// <summary>It has a public address.</summary>
    Public,

    /// <summary>Behind a gateway with ReAim.</summary>
    Helped,

    /// <summary>Behind a gateway with ReAim and a firewall that lets no connect in: an administrator's rule that is not overridden.</summary>
    Walled,

    /// <summary>Behind a gateway that only translates.</summary>
    Unhelped,

    /// <summary>In the other client's LAN, behind a gateway with ReAim.</summary>
    Neighbour,
}
