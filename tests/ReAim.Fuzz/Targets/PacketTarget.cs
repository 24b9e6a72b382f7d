using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Fuzz.World;

namespace ReAim.Fuzz.Targets;

/// <summary>Any bytes as datagrams, beside a client that has signed on and has a mapping: each is parsed, and may be its.</summary>
internal sealed class PacketTarget : FuzzTarget
{
    private const int RepairIp = 0x10, RepairTcp = 0x20, ToAlice = 0x40;

    public override string Name => "packet";

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            Talk alice = Talk.OfAlice();
            alice.Client += 11;
            alice.Server += 11;
            yield return Seed(0, alice.Next(Direction.Outbound, Messages.Offer(Addresses.Alice, 5190)));
            yield return Seed(0, alice.Next(Direction.Outbound, Messages.Cancel(), TcpFlags.Ack | TcpFlags.Fin));
            yield return Seed(1, alice.Next(Direction.Inbound, Messages.Relayed(1, Messages.DirectIm, 1, "bob")));
            yield return Seed(1, new Talk(new(Addresses.Alice, 5190), new(Addresses.Bob, 30_000)).Next(Direction.Inbound, [], TcpFlags.Syn));
            var known = new HashSet<int>();
            foreach (byte[] datagram in Recordings.Files.SelectMany(Recordings.Datagrams).Where(datagram => datagram.Length < 400 && known.Add(datagram.Length / 8)))
            {
                yield return Seed(0, datagram);
            }
        }
    }

    public override void Try(ReadOnlySpan<byte> input)
    {
        var gateway = new FuzzedGateway(new EngineOptions { PublicAddress = Addresses.Gateway, MaxFlows = 4 });
        Talk alice = Talk.OfAlice();
        alice.SignOn(gateway);
        gateway.Send(Direction.Outbound, alice.Next(Direction.Outbound, Messages.Offer(Addresses.Alice, 5190)));
        var script = new Script(input);
        while (!script.IsOver)
        {
            byte choice = script.Byte();
            byte[] packet = script.Bytes(script.Word()).ToArray();
            Repair(packet, choice);
            gateway.Send((choice & 1) == 0 ? Direction.Outbound : Direction.Inbound, packet, (FlowStanding)((choice >> 1) % 5));
        }

        gateway.Finish();
    }

    private static byte[] Seed(byte choice, byte[] datagram) => [choice, .. Messages.U16((ushort)datagram.Length), .. datagram];

    /// <summary>Gives most packets what gets them past the first checks.</summary>
    private static void Repair(byte[] packet, byte choice)
    {
        if (packet.Length < 40 || (choice & (RepairIp | RepairTcp | ToAlice)) == 0)
        {
            return;
        }

        if ((choice & ToAlice) != 0)
        {
            packet[9] = 6;
            ((choice & 1) == 0 ? Addresses.Alice : Addresses.Server).Write(packet.AsSpan(12));
            ((choice & 1) == 0 ? Addresses.Server : Addresses.Alice).Write(packet.AsSpan(16));
        }

        Checksums.Repair(packet, (choice & RepairTcp) != 0);
    }
}
