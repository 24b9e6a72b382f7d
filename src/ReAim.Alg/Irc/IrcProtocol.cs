using ReAim.Alg.Streams;
using ReAim.Alg.Text;

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
    internal override bool MayBeginWith(ReadOnlySpan<byte> first) =>
        first[0] is (byte)':' or (byte)'@'
        || Words.MayBecome(first, "CAP "u8) || Words.MayBecome(first, "NICK "u8) || Words.MayBecome(first, "USER "u8)
        || Words.MayBecome(first, "PASS "u8) || Words.MayBecome(first, "PING "u8) || Words.MayBecome(first, "PONG "u8)
        || Words.MayBecome(first, "NOTICE "u8) || Words.MayBecome(first, "ERROR "u8) || Words.MayBecome(first, "AUTHENTICATE "u8)
        || Words.MayBecome(first, "PROTOCTL "u8);

    /// <inheritdoc/>
    internal override Session CreateSession() => new IrcSession();
}
