using ReAim.Alg.Streams;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Gateway.Guard;

/// <summary>
/// The nftables table that guards connections whose lengths were changed. It belongs to one socket (kernels from 5.12 on): nobody else can
/// change it, so that it stays when rules are flushed or loaded anew. Where the kernel knows how (from 6.9 on) it stays when its owner is killed.
/// </summary>
internal sealed class GuardTable : IDisposable
{
    /// <summary>Its name; its family is ip.</summary>
    public const string Name = "reaim_guard";

    private readonly NetlinkSocket _socket;
    private readonly GuardBatch _batch = new();
    private readonly byte[] _answers = new byte[32 * 1024];

    private GuardTable(NetlinkSocket socket) => _socket = socket;

    /// <summary>True if it stays when its owner is killed.</summary>
    public bool Persists { get; private set; }

    /// <summary>Makes the table, or takes over the one that a killed owner left.</summary>
    /// <param name="marks">Our bits.</param>
    /// <param name="table">The table.</param>
    /// <returns>Why there is none: <see cref="Errno.NotSupported"/> for a kernel whose tables have no owner.</returns>
    public static Errno TryOpen(MarkLayout marks, out GuardTable? table)
    {
        table = null;
        Errno error = NetlinkSocket.TryOpen(NetlinkProtocol.Netfilter, groups: 0, out NetlinkSocket? socket);
        return socket is null ? error : TryMake(socket, marks, out table);
    }

    /// <summary>The same with a socket that is there already.</summary>
    /// <param name="socket">The table's owner from now on.</param>
    /// <param name="marks">Our bits.</param>
    /// <param name="table">The table.</param>
    public static Errno TryMake(NetlinkSocket socket, MarkLayout marks, out GuardTable? table)
    {
        table = new GuardTable(socket) { Persists = true };
        Errno error = table.Make(marks);
        if (error != Errno.None)
        {
            table.Persists = false;
            error = table.Make(marks);
        }

        if (error != Errno.None)
        {
            socket.Dispose();
            table = null;
        }

        return error;
    }

    /// <summary>True if the kernel has what the table needs. Nothing is made: the last change of the transaction fails.</summary>
    /// <param name="marks">Our bits.</param>
    public static bool IsSupported(MarkLayout marks)
    {
        _ = NetlinkSocket.TryOpen(NetlinkProtocol.Netfilter, groups: 0, out NetlinkSocket? socket);
        using (socket)
        {
            var batch = new GuardBatch();
            batch.Begin(socket?.NextSequence() ?? 0, $"{Name}_test");
            batch.MakeTable(persists: false, marks);
            batch.Break();
            return socket?.Commit(batch.End(), new byte[8 * 1024]) == Errno.NoEntry;
        }
    }

    /// <summary>True if somebody has such a table, or who had it was killed.</summary>
    public static bool Exists()
    {
        _ = NetlinkSocket.TryOpen(NetlinkProtocol.Netfilter, groups: 0, out NetlinkSocket? socket);
        using (socket)
        {
            uint sequence = socket?.NextSequence() ?? 0;
            return socket?.Ask(GuardBatch.TableRequest(stackalloc byte[128], Name, sequence), sequence, new byte[8 * 1024]).Finish() == Errno.None;
        }
    }

    /// <summary>Reads which connections are guarded.</summary>
    /// <param name="flows">Where they go.</param>
    /// <returns>Why they cannot be read.</returns>
    public Errno TryRead(ICollection<FlowKey> flows)
    {
        uint sequence = _socket.NextSequence();
        NetlinkReplies replies = _socket.Ask(GuardBatch.ReadRequest(stackalloc byte[128], Name, sequence), sequence, _answers);
        while (replies.TryNext(out NetlinkMessage message))
        {
            GuardBatch.ReadElements(message, flows);
        }

        return replies.Finish();
    }

    /// <summary>Guards a connection; nothing happens if it is guarded.</summary>
    public Errno Add(FlowKey flow)
    {
        _batch.Begin(_socket.NextSequence(), Name);
        _batch.Add(flow);
        return _socket.Commit(_batch.End(), _answers);
    }

    /// <summary>A connection is guarded no longer; it was.</summary>
    public Errno Remove(FlowKey flow)
    {
        _batch.Begin(_socket.NextSequence(), Name);
        _batch.Remove(flow);
        return _socket.Commit(_batch.End(), _answers);
    }

    /// <summary>Removes the table.</summary>
    public void Dispose()
    {
        _batch.Begin(_socket.NextSequence(), Name);
        _batch.RemoveTable();
        _ = _socket.Commit(_batch.End(), _answers);
        _socket.Dispose();
    }

    private Errno Make(MarkLayout marks)
    {
        _batch.Begin(_socket.NextSequence(), Name);
        _batch.MakeTable(Persists, marks);
        return _socket.Commit(_batch.End(), _answers);
    }
}
