using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Translators.Nftables;

/// <summary>
/// The number that the kernel counts up with every change of nftables' rules and elements, in this network namespace: while it
/// is the same, nobody changed anything (linux/netfilter/nf_tables.h, NFT_MSG_GETGEN). Our own changes count too.
/// </summary>
internal sealed class RulesetGeneration : IDisposable
{
    private const byte Get = 16;
    private const ushort IdAttribute = 1;

    private readonly NetlinkSocket _socket;
    private readonly byte[] _answer = new byte[4 * 1024];

    private RulesetGeneration(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens the way to it.</summary>
    /// <returns>Why it cannot be opened.</returns>
    public static Errno TryOpen(out RulesetGeneration? generation)
    {
        Errno error = NetlinkSocket.TryOpen(NetlinkProtocol.Netfilter, groups: 0, out NetlinkSocket? socket);
        generation = socket is null ? null : new RulesetGeneration(socket);
        return error;
    }

    /// <summary>Reads it.</summary>
    /// <returns>Why it cannot be read: <see cref="Errno.Invalid"/> for a kernel without nftables.</returns>
    public Errno TryRead(out uint generation)
    {
        generation = 0;
        Span<byte> request = stackalloc byte[32];
        uint sequence = _socket.NextSequence();
        var writer = new NetlinkWriter(request);
        writer.BeginMessage(Netfilter.Type(Netfilter.Tables, Get), NetlinkFlags.Request, sequence);
        writer.NetfilterHeader(Netfilter.AnyFamily, resource: 0);
        writer.EndMessage();
        NetlinkReplies replies = _socket.Ask(writer.Written, sequence, _answer);
        bool isRead = replies.TryNext(out NetlinkMessage message)
            && NetlinkAttribute.TryFind(
                message.AttributesAfter(Netfilter.HeaderLength), IdAttribute, out NetlinkAttribute attribute)
            && attribute.TryGetBigEndian(out generation);
        Errno error = replies.Finish();
        return error != Errno.None || isRead ? error : Errno.BadMessage;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
