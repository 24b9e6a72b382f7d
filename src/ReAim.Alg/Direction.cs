namespace ReAim.Alg;

/// <summary>Which way a packet crosses the gateway.</summary>
public enum Direction : byte
{
    /// <summary>From a LAN host to elsewhere.</summary>
    Outbound,

    /// <summary>From elsewhere to a LAN host.</summary>
    Inbound,
}
