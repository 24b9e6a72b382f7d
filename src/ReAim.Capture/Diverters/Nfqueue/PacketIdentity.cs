using System.Runtime.InteropServices;

namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>
/// What stays of a TCP datagram when a chain of rules has it once more: not its TOS, its time to live and with them IP's checksum, which
/// targets of rules may change each time. What targets change of TCP (TCPMSS, TCPOPTSTRIP) is changed the first time already.
/// </summary>
/// <param name="Addresses">Source and destination.</param>
/// <param name="PortsAndSequence">TCP's first eight bytes.</param>
/// <param name="Acknowledgement">TCP's next eight bytes: acknowledgement, flags, window.</param>
/// <param name="LengthAndChecksum">Total length, IP identification, TCP's checksum and urgent pointer: an edit shows in the checksum.</param>
/// <param name="Tail">The datagram's last four bytes: the checksum may cover no data yet.</param>
internal readonly record struct PacketIdentity(ulong Addresses, ulong PortsAndSequence, ulong Acknowledgement, ulong LengthAndChecksum, uint Tail)
{
    private const int AddressesOffset = 12;
    private const int LengthOffset = 2;
    private const int HeaderLength = 20;
    private const int ChecksumOffset = 16;

    /// <summary>A number that differs for most packets.</summary>
    public int Hash
    {
        get
        {
            // The golden ratio spreads differences to the upper bits (Knuth, The Art of Computer Programming 6.4).
            ulong mixed = (Addresses ^ ulong.RotateLeft(PortsAndSequence, 21) ^ ulong.RotateLeft(Acknowledgement, 42) ^ LengthAndChecksum ^ Tail) * 0x9E37_79B9_7F4A_7C15;
            return (int)(mixed >> 33);
        }
    }

    /// <summary>Reads it; bytes that a datagram has not count as 0.</summary>
    /// <param name="datagram">An IPv4 datagram; any bytes.</param>
    public static PacketIdentity Of(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 2 * HeaderLength)
        {
            Span<byte> padded = stackalloc byte[2 * HeaderLength];
            padded.Clear();
            datagram.CopyTo(padded);
            return Of(padded);
        }

        // A header that claims to be longer than its datagram is read as far as there is room.
        int tcp = Math.Min((datagram[0] & 0xF) * 4, datagram.Length - HeaderLength);
        return new PacketIdentity(
            MemoryMarshal.Read<ulong>(datagram[AddressesOffset..]),
            MemoryMarshal.Read<ulong>(datagram[tcp..]),
            MemoryMarshal.Read<ulong>(datagram[(tcp + sizeof(ulong))..]),
            ((ulong)MemoryMarshal.Read<uint>(datagram[LengthOffset..]) << 32) | MemoryMarshal.Read<uint>(datagram[(tcp + ChecksumOffset)..]),
            MemoryMarshal.Read<uint>(datagram[^sizeof(uint)..]));
    }
}
