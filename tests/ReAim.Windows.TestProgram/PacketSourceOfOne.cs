using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Windows.TestProgram;

/// <summary>A plain segment.</summary>
internal sealed class PacketSourceOfOne
{
    public byte[] Packet { get; } = new TcpPacket(new(PacketSource.Addresses[0], 40_000), new(PacketSource.Addresses[3], 5190), 1, 2, TcpFlags.Ack, [1, 2, 3]).Build();
}
