using System.Buffers.Binary;
using ReAim.Alg.Tests.World;

namespace ReAim.Fuzz.World;

/// <summary>What is true of every packet that leaves, compared with how it came. Written without the engine's own views.</summary>
internal static class PacketInvariants
{
    /// <summary>An address with a little-endian port behind it is the longest run that is replaced (PROTOCOL 4.4, reverse connect).</summary>
    private const int LongestEdit = 6;

    public static void Check(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, bool isEdited)
    {
        Finding.Unless(before.Length == after.Length, "No packet changes its length.");
        if (!isEdited)
        {
            Finding.Unless(before.SequenceEqual(after), "What is said to be unchanged is.");
            return;
        }

        int header = (before[0] & 15) * 4;
        int payload = header + ((before[header + 12] >> 4) * 4);
        int end = BinaryPrimitives.ReadUInt16BigEndian(before[2..]);
        Finding.Unless(before[..header].SequenceEqual(after[..header]), "The IP header stays as it is.");
        Finding.Unless(
            before[header..(header + 16)].SequenceEqual(after[header..(header + 16)]) && before[(header + 18)..payload].SequenceEqual(after[(header + 18)..payload]),
            "Of the TCP header only the checksum changes.");
        Finding.Unless(before[end..].SequenceEqual(after[end..]), "Padding stays as it is.");
        int run = 0;
        for (int at = payload; at < end; at++)
        {
            run = before[at] == after[at] ? 0 : run + 1;
            Finding.Unless(run <= LongestEdit, "No more than an address and its port change in one place.");
        }

        Finding.Unless(IsPartial(before) ? IsPartial(after) : IsSound(after), "The checksum fits, or is left to the card as before.");
    }

    /// <summary>True if the TCP checksum is right.</summary>
    public static bool IsSound(ReadOnlySpan<byte> datagram)
    {
        (uint pseudo, int header, int end) = Pseudo(datagram);
        return TcpPacket.Naive(pseudo, datagram[header..end]) == 0xFFFF;
    }

    /// <summary>True if the field holds the sum that a network card goes on from.</summary>
    private static bool IsPartial(ReadOnlySpan<byte> datagram)
    {
        (uint pseudo, int header, _) = Pseudo(datagram);
        return !IsSound(datagram) && BinaryPrimitives.ReadUInt16BigEndian(datagram[(header + 16)..]) == TcpPacket.Naive(pseudo, []);
    }

    private static (uint Pseudo, int Header, int End) Pseudo(ReadOnlySpan<byte> datagram)
    {
        int header = (datagram[0] & 15) * 4;
        int end = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        return ((uint)(TcpPacket.Naive(0, datagram[12..20]) + 6 + end - header), header, end);
    }
}
