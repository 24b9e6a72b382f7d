using ReAim.Alg.Streams;

namespace ReAim.Alg.Irc;

/// <summary>
/// IRC's direct connections: DCC messages that name where their sender listens, and RESUME and ACCEPT, which repeat a port
/// (docs/PROTOCOL-IRC.md). Not helped: anything inside TLS.
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
    internal override bool MayBeginWith(ReadOnlySpan<byte> first) => IrcCommands.MayBeginWith(first);

    /// <inheritdoc/>
    internal override bool MayGoOnLater => true;

    /// <inheritdoc/>
    internal override bool MayGoOnWith(ReadOnlySpan<byte> segment, Direction direction) => IrcLineProof.MayBeginWith(segment, direction);

    /// <inheritdoc/>
    internal override Session CreateSession() => new IrcSession();
}
