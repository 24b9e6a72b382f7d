namespace ReAim.Capture.Checking.Firewall;

/// <summary>Ports of clients, as examples to try rules with.</summary>
internal static class ClientPorts
{
    /// <summary>The port that most clients listen on.</summary>
    public const ushort Usual = 5190;

    /// <summary>One of those that systems choose, for a connection or for a client that listens on any port (RFC 6335 6).</summary>
    public const ushort Chosen = 49_152;
}
