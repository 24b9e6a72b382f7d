using ReAim.Alg.Streams;

namespace ReAim.Alg.Irc;

/// <summary>
/// IRC's direct connections: DCC SEND and CHAT, and RESUME and ACCEPT, which repeat a port (docs/PROTOCOL-IRC.md). Not helped:
/// anything inside TLS.
/// </summary>
internal sealed class IrcProtocol : ProtocolDescriptor
{
    /// <inheritdoc/>
    public override string Name => "irc";

    /// <inheritdoc/>
    public override ushort DefaultPort => 6667;

    /// <inheritdoc/>
    public override bool ChangesLengths => true;

    /// <summary>What a client registers with, or a server's first word to it.</summary>
    internal override bool MayBeginWith(byte first) => first is (byte)':' or (byte)'@' or (byte)'A' or (byte)'C' or (byte)'E' or (byte)'N' or (byte)'P' or (byte)'U';

    /// <inheritdoc/>
    internal override Session CreateSession() => new IrcSession();
}
