using System.Runtime.InteropServices;
using System.Text;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Linux.Netlink;

/// <summary>A netlink message, in place (linux/netlink.h, struct nlmsghdr). Its header is in the machine's byte order.</summary>
/// <remarks>
/// <code>
///  0       2       4
///  +-------+-------+-------+-------+
///  | length                        |  header included
///  | type          | flags         |
///  | sequence                      |
///  | port                          |
///  | the family's header, attributes, padding to a multiple of 4
/// </code>
/// After <see cref="TryRead"/> returned true no accessor throws.
/// </remarks>
internal readonly ref struct NetlinkMessage
{
    /// <summary>Bytes before the body.</summary>
    public const int HeaderLength = 16;

    private const ushort ErrorType = 2;
    private const ushort DoneType = 3;
    private const ushort DumpInterrupted = 0x10;
    private const ushort RequestIsCapped = 0x100;
    private const ushort HasErrorAttributes = 0x200;
    private const ushort ErrorText = 1;

    private NetlinkMessage(Span<byte> bytes)
    {
        Type = MemoryMarshal.Read<ushort>(bytes[4..]);
        Flags = MemoryMarshal.Read<ushort>(bytes[6..]);
        Sequence = MemoryMarshal.Read<uint>(bytes[8..]);
        Port = MemoryMarshal.Read<uint>(bytes[12..]);
        Body = bytes[HeaderLength..];
    }

    /// <summary>What it is; the families number from 16.</summary>
    public ushort Type { get; }

    /// <summary>The NLM_F_ bits.</summary>
    public ushort Flags { get; }

    /// <summary>The number of the request that it answers.</summary>
    public uint Sequence { get; }

    /// <summary>The socket that it is for.</summary>
    public uint Port { get; }

    /// <summary>What follows the header, in place.</summary>
    public Span<byte> Body { get; }

    /// <summary>True if it says how a request ended: <see cref="Error"/>.</summary>
    public bool IsError => Type == ErrorType;

    /// <summary>True for the last message of a dump: <see cref="Error"/>.</summary>
    public bool IsDone => Type == DoneType;

    /// <summary>True if what is dumped changed meanwhile: something may be missing.</summary>
    public bool IsDumpInterrupted => (Flags & DumpInterrupted) != 0;

    /// <summary>Why a request failed, of an error or of a dump's last message; none if it did not fail.</summary>
    public Errno Error => Body.Length < sizeof(int)
        ? (IsError ? Errno.BadMessage : Errno.None)
        : (Errno)(-Math.Max(-4_095, Math.Min(0, MemoryMarshal.Read<int>(Body))));

    /// <summary>The attributes behind a family's header of so many bytes; empty if even that is not there.</summary>
    /// <param name="familyHeaderLength">Bytes, a multiple of 4.</param>
    public Span<byte> AttributesAfter(int familyHeaderLength) =>
        Body.Length >= familyHeaderLength ? Body[familyHeaderLength..] : default;

    /// <summary>Takes the first message off what was received.</summary>
    /// <param name="rest">What was received; what follows the message remains.</param>
    /// <param name="message">The message.</param>
    /// <returns>False at the end, or if what remains is not a whole message.</returns>
    public static bool TryRead(scoped ref Span<byte> rest, out NetlinkMessage message)
    {
        message = default;
        if (rest.Length < HeaderLength)
        {
            return false;
        }

        uint length = MemoryMarshal.Read<uint>(rest);
        if (length < HeaderLength || length > (uint)rest.Length)
        {
            return false;
        }

        message = new NetlinkMessage(rest[..(int)length]);
        rest = rest[Math.Min(NetlinkAttribute.Align((int)length), rest.Length)..];
        return true;
    }

    /// <summary>What the kernel says in words about an error; empty if it says nothing.</summary>
    public string ErrorWords()
    {
        // The code is followed by the request's header, and by its body where the socket did not ask to have that left out.
        const int requestOffset = sizeof(int);
        if (!IsError || (Flags & HasErrorAttributes) == 0 || Body.Length < requestOffset + HeaderLength)
        {
            return "";
        }

        uint request = (Flags & RequestIsCapped) != 0 ? HeaderLength : MemoryMarshal.Read<uint>(Body[requestOffset..]);
        if (request > (uint)(Body.Length - requestOffset))
        {
            return "";
        }

        Span<byte> rest = Body[Math.Min(Body.Length, requestOffset + NetlinkAttribute.Align((int)request))..];
        while (NetlinkAttribute.TryRead(ref rest, out NetlinkAttribute attribute))
        {
            if (attribute.Type == ErrorText)
            {
                return Encoding.ASCII.GetString(attribute.Text);
            }
        }

        return "";
    }
}
