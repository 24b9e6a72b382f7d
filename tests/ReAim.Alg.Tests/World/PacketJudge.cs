using PacketDotNet;
using PacketDotNet.Utils;

namespace ReAim.Alg.Tests.World;

/// <summary>PacketDotNet as an independent oracle of what leaves.</summary>
internal static class PacketJudge
{
    public static void AssertSound(byte[] datagram)
    {
        var ip = new IPv4Packet(new ByteArraySegment(datagram));
        TcpPacketOracle(ip, out bool tcpValid);
        Assert.That(ip.ValidIPChecksum, Is.True, "IPv4 checksum");
        Assert.That(tcpValid, Is.True, "TCP checksum");
        Assert.That(ip.TotalLength, Is.EqualTo(datagram.Length), "IPv4 total length");
    }

    private static void TcpPacketOracle(IPv4Packet ip, out bool valid)
    {
        var tcp = ip.Extract<PacketDotNet.TcpPacket>();
        valid = tcp is not null && tcp.ValidTcpChecksum;
    }
}
