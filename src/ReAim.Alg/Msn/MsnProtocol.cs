using ReAim.Alg.Streams;
using ReAim.Alg.Text;

namespace ReAim.Alg.Msn;

/// <summary>
/// MSN Messenger's direct connections: invitations to a file's transfer, and the transports that later clients agree on
/// (docs/PROTOCOL-MSN.md). Not helped: what goes over HTTP, UDP or TLS.
/// </summary>
internal sealed class MsnProtocol : ProtocolDescriptor
{
    /// <summary>Where notification servers and switchboards listen.</summary>
    public const ushort Port = 1863;

    /// <inheritdoc/>
    public override string Name => "msn";

    /// <inheritdoc/>
    public override ushort DefaultPort => Port;

    /// <inheritdoc/>
    public override bool ChangesLengths => true;

    /// <summary>A client's first command, or a server's answer to it.</summary>
    internal override bool MayBeginWith(ReadOnlySpan<byte> first) =>
        Words.MayBecome(first, "VER "u8) || Words.MayBecome(first, "USR "u8) || Words.MayBecome(first, "ANS "u8) || Words.MayBecome(first, "IRO "u8);

    /// <inheritdoc/>
    internal override bool MayGoOnLater => true;

    /// <inheritdoc/>
    internal override bool MayGoOnWith(ReadOnlySpan<byte> segment, Direction direction) => MsnCommandProof.MayBeginWith(segment, direction);

    /// <inheritdoc/>
    internal override Session CreateSession() => new MsnSession();
}
