using ReAim.Alg.Streams;

namespace ReAim.Alg.Oscar;

/// <summary>
/// AIM and ICQ over OSCAR: file transfer, Direct IM and get-file offers, and ICQ's listeners (PROTOCOL 7.1). Not helped: talk,
/// games, video, anything inside TLS or HTTP, TOC (whose clients never listen).
/// </summary>
internal sealed class OscarProtocol : ProtocolDescriptor
{
    /// <inheritdoc/>
    public override string Name => "oscar";

    /// <inheritdoc/>
    public override ushort DefaultPort => 5190;

    /// <summary>TLV 0004 (PROTOCOL 2.4).</summary>
    public override bool ServerAddsAddress => true;

    /// <inheritdoc/>
    internal override bool MayBeginWith(ReadOnlySpan<byte> first) => first[0] == Flap.Marker;

    /// <inheritdoc/>
    internal override bool MayGoOnWith(ReadOnlySpan<byte> segment, Direction direction) => segment[0] == Flap.Marker;

    /// <inheritdoc/>
    internal override Session CreateSession() => new OscarSession();
}
