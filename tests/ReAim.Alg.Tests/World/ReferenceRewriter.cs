using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.World;

/// <summary>
/// The decision on one whole client message, written a second time and slowly from PROTOCOL 2.4 and 7.1 O1-O3 and O13. It
/// shares no code with the engine. The public port is always the client's own.
/// </summary>
internal static class ReferenceRewriter
{
    /// <summary>The message as it must leave, given that every port is free.</summary>
    public static byte[] Rewrite(byte[] flap, Ipv4Address source, Ipv4Address gateway)
    {
        if (!TryFindInner(flap, out int from, out int to))
        {
            return flap;
        }

        var tlvs = new List<(int Type, int At, int Length)>();
        int position = from;
        while (to - position >= 4)
        {
            int length = U16(flap, position + 2);
            if (position + 4 + length > to)
            {
                return flap;
            }

            tlvs.Add((U16(flap, position), position + 4, length));
            position += 4 + length;
        }

        List<(int Type, int At, int Length)> addresses = [.. tlvs.Where(tlv => tlv.Type is 2 or 3)];
        List<(int Type, int At, int Length)> ports = [.. tlvs.Where(tlv => tlv.Type == 5)];
        if (addresses.Any(tlv => tlv.Length != 4) || ports.Any(tlv => tlv.Length != 2) || tlvs.Any(tlv => tlv.Type == 0x0A && tlv.Length != 2)
            || tlvs.Any(tlv => tlv.Type == 0x10)
            || ports.Select(tlv => U16(flap, tlv.At)).Distinct().Count() != 1)
        {
            return flap;
        }

        bool Own(uint address) => address == source.Value || address >> 24 == 127;
        uint[] named = [.. addresses.Select(tlv => BinaryPrimitives.ReadUInt32BigEndian(flap.AsSpan(tlv.At)))];
        if (U16(flap, ports[0].At) < 1024 || !named.Any(address => Own(address) || address == gateway.Value)
            || named.Any(address => address != 0 && !Own(address) && address != gateway.Value))
        {
            return flap;
        }

        byte[] rewritten = [.. flap];
        foreach ((int type, int at, _) in addresses)
        {
            uint old = BinaryPrimitives.ReadUInt32BigEndian(flap.AsSpan(at));
            if (!Own(old))
            {
                continue;
            }

            gateway.Write(rewritten.AsSpan(at));
            foreach ((int _, int check, int length) in tlvs.Where(tlv => type == 2 && tlv.Type == 0x16 && tlv.Length == 4))
            {
                if (BinaryPrimitives.ReadUInt32BigEndian(flap.AsSpan(check, length)) == ~old)
                {
                    BinaryPrimitives.WriteUInt32BigEndian(rewritten.AsSpan(check), ~gateway.Value);
                }
            }
        }

        return rewritten;
    }

    private static bool TryFindInner(byte[] flap, out int from, out int to)
    {
        (from, to) = (0, 0);
        if (flap.Length < 16 || flap[1] != 2 || U16(flap, 6) != 4 || U16(flap, 8) != 6)
        {
            return false;
        }

        int at = 16;
        if ((U16(flap, 10) & 0x8000) != 0)
        {
            at += 2 + U16(flap, 16);
        }

        if (U16(flap, at + 8) != 2)
        {
            return false;
        }

        at += 11 + flap[at + 10];
        while (flap.Length - at >= 4)
        {
            int length = U16(flap, at + 2);
            if (U16(flap, at) == 5)
            {
                (from, to) = (at + 4 + 26, at + 4 + length);
                int capability = U16(flap, at + 4 + 12);
                return U16(flap, at + 4) == 0 && capability is 0x1343 or 0x1345 or 0x1348;
            }

            at += 4 + length;
        }

        return false;
    }

    private static int U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));
}
