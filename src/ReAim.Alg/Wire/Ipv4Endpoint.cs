namespace ReAim.Alg.Wire;

/// <summary>An address and a TCP port.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port.</param>
public readonly record struct Ipv4Endpoint(Ipv4Address Address, ushort Port)
{
    /// <summary>Text such as 203.0.113.7:5190.</summary>
    public override string ToString() => $"{Address}:{Port}";
}
