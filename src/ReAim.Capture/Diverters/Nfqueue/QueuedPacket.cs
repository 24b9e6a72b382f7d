using System.Buffers.Binary;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>A packet that the kernel queued for us, in place (linux/netfilter/nfnetlink_queue.h, NFQNL_MSG_PACKET).</summary>
/// <remarks>After <see cref="TryRead"/> returned true no accessor throws.</remarks>
internal readonly ref struct QueuedPacket
{
    private const ushort PacketHeader = 1;
    private const ushort MarkAttribute = 3;
    private const ushort InDeviceAttribute = 5;
    private const ushort OutDeviceAttribute = 6;
    private const ushort PayloadAttribute = 10;
    private const ushort CapturedLengthAttribute = 13;
    private const ushort BufferInfoAttribute = 14;
    private const int PacketHeaderLength = 7;
    private const uint ChecksumNotReady = 1;
    private const uint Gso = 2;

    private QueuedPacket(
        PacketTicket ticket, byte hook, int inDevice, int outDevice, bool isGso, bool isCut, Span<byte> datagram)
    {
        Ticket = ticket;
        Hook = hook;
        InDevice = inDevice;
        OutDevice = outDevice;
        IsGso = isGso;
        IsCut = isCut;
        Datagram = datagram;
    }

    /// <summary>What its verdict needs.</summary>
    public PacketTicket Ticket { get; }

    /// <summary>Which hook queued it (linux/netfilter.h, NF_INET_): 2 is FORWARD.</summary>
    public byte Hook { get; }

    /// <summary>The index of the interface it came from; 0 if none.</summary>
    public int InDevice { get; }

    /// <summary>The index of the interface it goes to; 0 if none.</summary>
    public int OutDevice { get; }

    /// <summary>True if it is longer than what goes over the wire: the kernel or the network card will cut it.</summary>
    public bool IsGso { get; }

    /// <summary>True if its end is missing: it must go on without bytes.</summary>
    public bool IsCut { get; }

    /// <summary>The IP datagram, in place: an edit here goes out if the verdict says so.</summary>
    public Span<byte> Datagram { get; }

    /// <summary>Reads a message.</summary>
    /// <param name="message">What came from the queue.</param>
    /// <param name="packet">The packet; its datagram is empty if the message was cut before it.</param>
    /// <returns>False if it has not even a number.</returns>
    public static bool TryRead(NetlinkMessage message, out QueuedPacket packet)
    {
        packet = default;
        bool hasHeader = false;
        uint id = 0, mark = 0, info = 0, inDevice = 0, outDevice = 0;
        byte hook = 0;
        bool isCut = false;
        Span<byte> datagram = default;
        Span<byte> rest = message.AttributesAfter(Netfilter.HeaderLength);
        while (NetlinkAttribute.TryRead(ref rest, out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case PacketHeader when attribute.Value.Length >= PacketHeaderLength:
                    id = BinaryPrimitives.ReadUInt32BigEndian(attribute.Value);
                    hook = attribute.Value[6];
                    hasHeader = true;
                    break;
                case MarkAttribute:
                    _ = attribute.TryGetBigEndian(out mark);
                    break;
                case InDeviceAttribute:
                    _ = attribute.TryGetBigEndian(out inDevice);
                    break;
                case OutDeviceAttribute:
                    _ = attribute.TryGetBigEndian(out outDevice);
                    break;
                case BufferInfoAttribute:
                    _ = attribute.TryGetBigEndian(out info);
                    break;
                case CapturedLengthAttribute:
                    isCut = true;
                    break;
                case PayloadAttribute:
                    datagram = attribute.Value;
                    break;
            }
        }

        packet = new QueuedPacket(
            new PacketTicket(Netfilter.Resource(message), id, mark, (info & ChecksumNotReady) != 0),
            hook,
            (int)inDevice,
            (int)outDevice,
            (info & Gso) != 0,
            isCut || datagram.IsEmpty,
            datagram);
        return hasHeader;
    }
}
