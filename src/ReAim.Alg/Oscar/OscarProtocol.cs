using ReAim.Alg.Streams;

namespace ReAim.Alg.Oscar;

/// <summary>
/// AIM over OSCAR: file transfer, Direct IM and get-file offers (PROTOCOL 7.1 O1-O7, O13, O14). Not helped: ICQ peer links,
/// talk, games, video, anything inside TLS or HTTP, TOC (whose clients never listen).
/// </summary>
internal sealed class OscarProtocol : ProtocolDescriptor
{
    /// <inheritdoc/>
    public override string Name => "oscar";

    /// <inheritdoc/>
    public override ushort DefaultPort => 5190;

    /// <inheritdoc/>
    internal override bool MayBeginWith(byte first) => first == Flap.Marker;

    /// <inheritdoc/>
    internal override bool MayGoOnWith(byte first) => first == Flap.Marker;

    /// <inheritdoc/>
    internal override Session CreateSession() => new OscarSession();
}
