using System.Buffers.Binary;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>
/// Takes a queue number for a socket and says how packets are to come (linux/netfilter/nfnetlink_queue.h, NFQNL_MSG_CONFIG):
/// whole, uncut where the kernel has them so (GSO), and past us where we are too slow (FAIL_OPEN), but for those that must not.
/// </summary>
internal static class QueueBinding
{
    private const byte ConfigMessage = 2;
    private const ushort CommandAttribute = 1;
    private const ushort ParametersAttribute = 2;
    private const ushort MaxLengthAttribute = 3;
    private const ushort MaskAttribute = 4;
    private const ushort FlagsAttribute = 5;
    private const byte Bind = 1;
    private const byte FamilyBind = 3;
    private const byte CopyPacket = 2;
    private const int WholePacket = 0xFFFF;
    private const uint FailOpen = 1;
    private const uint Gso = 4;

    /// <summary>Binds.</summary>
    /// <param name="socket">The socket that packets will come to.</param>
    /// <param name="options">How.</param>
    /// <param name="error">The kernel's error.</param>
    public static QueueOpening TryBind(NetlinkSocket socket, QueueOptions options, out Errno error)
    {
        // A number that is taken and a missing capability are the same error for the second request; the first one, which
        // does nothing since Linux 3.8, names no queue.
        error = Configure(socket, default, default, FamilyBind);
        if (error != Errno.None)
        {
            return error switch
            {
                Errno.NotPermitted => QueueOpening.NotPermitted,
                Errno.Invalid => QueueOpening.NotSupported,
                _ => QueueOpening.Failed,
            };
        }

        // Without room at first: packets that came behind the answer for one number would be taken for the answer for the other.
        error = Configure(socket, options.Number, maxLength: 0, Bind);
        if (error == Errno.None && options.ClosedNumber is { } closed)
        {
            error = Configure(socket, closed, maxLength: 0, Bind, failOpen: false);
            GiveRoom(socket, closed, options.MaxLength);
        }

        GiveRoom(socket, options.Number, options.MaxLength);
        return error switch
        {
            Errno.None => QueueOpening.Bound,
            Errno.NotPermitted or Errno.Busy => QueueOpening.Taken,
            Errno.NotSupported => QueueOpening.NotSupported,
            _ => QueueOpening.Failed,
        };
    }

    /// <summary>Nobody waits for an answer, because packets come from now on; a queue that is not ours gets none.</summary>
    private static void GiveRoom(NetlinkSocket socket, ushort number, int length)
    {
        Span<byte> buffer = stackalloc byte[64];
        var writer = new NetlinkWriter(buffer);
        writer.BeginMessage(Netfilter.Type(Netfilter.Queue, ConfigMessage), NetlinkFlags.Request, socket.NextSequence());
        writer.NetfilterHeader(Netfilter.AnyFamily, number);
        writer.BigEndian(MaxLengthAttribute, (uint)length);
        writer.EndMessage();
        _ = socket.Send(writer.Written);
    }

    private static Errno Configure(NetlinkSocket socket, ushort number, int maxLength, byte command, bool failOpen = true)
    {
        Span<byte> buffer = stackalloc byte[256];
        var writer = new NetlinkWriter(buffer);
        uint sequence = socket.NextSequence();
        writer.BeginMessage(
            Netfilter.Type(Netfilter.Queue, ConfigMessage), NetlinkFlags.Request | NetlinkFlags.Acknowledge, sequence);
        writer.NetfilterHeader(Netfilter.AnyFamily, number);
        Span<byte> value = writer.Attribute(CommandAttribute, 4);
        value[0] = command;
        value[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], Netfilter.Ipv4Family);
        if (command == Bind)
        {
            value = writer.Attribute(ParametersAttribute, 5);
            BinaryPrimitives.WriteInt32BigEndian(value, WholePacket);
            value[4] = CopyPacket;
            writer.BigEndian(MaxLengthAttribute, (uint)maxLength);
            writer.BigEndian(FlagsAttribute, failOpen ? FailOpen | Gso : Gso);
            writer.BigEndian(MaskAttribute, FailOpen | Gso);
        }

        writer.EndMessage();
        return socket.Ask(writer.Written, sequence, new byte[4_096]).Finish();
    }
}
