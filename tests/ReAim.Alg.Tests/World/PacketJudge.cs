using PacketDotNet;
using PacketDotNet.Utils;

namespace ReAim.Alg.Tests.World;

/// <summary>PacketDotNet as an independent oracle of what leaves: a TCP segment, or an ICMP message.</summary>
internal static class PacketJudge
{
    public static void AssertSound(byte[] datagram)
    {
        var ip = new IPv4Packet(new ByteArraySegment(datagram));
        Assert.That(ip.ValidIPChecksum, Is.True, "IPv4 checksum");
        Assert.That(ip.TotalLength, Is.EqualTo(datagram.Length), "IPv4 total length");
        if (ip.Protocol == ProtocolType.Icmp)
        {
            Assert.That(ip.Extract<IcmpV4Packet>()?.ValidIcmpChecksum, Is.True, "ICMP checksum");
        }
        else
        {
            Assert.That(ip.Extract<PacketDotNet.TcpPacket>()?.ValidTcpChecksum, Is.True, "TCP checksum");
        }
    }
}
