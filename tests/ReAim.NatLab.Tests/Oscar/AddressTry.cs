using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>How a session's two ends found each other, as one of them sees it.</summary>
internal enum ConnectedBy
{
    Nothing,

    /// <summary>The other end connected to our listener.</summary>
    Listener,

    /// <summary>We connected to the address in TLV 0003.</summary>
    Internal0003,

    /// <summary>We connected to the address in TLV 0004.</summary>
    Verified0004,

    /// <summary>Both through the rendezvous proxy.</summary>
    Proxy,
}

/// <summary>An address of a proposal that a client will try, and for how long.</summary>
internal readonly record struct AddressTry(Ipv4Address Address, ConnectedBy By, long Timeout);
