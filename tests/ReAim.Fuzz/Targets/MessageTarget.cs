using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Fuzz.World;

namespace ReAim.Fuzz.Targets;

/// <summary>One message that is framed right, of the client or of the server: whatever is in it.</summary>
internal sealed class MessageTarget : FuzzTarget
{
    private const int Longest = 8_000;

    public override string Name => "message";

    public override IEnumerable<byte[]> Seeds =>
    [
        .. Recordings.Vectors.Where(vector => IsFlap(vector.Bytes)).Select(vector => Seed(vector.FromClient ? (byte)0 : (byte)1, vector.Bytes)),
        .. Recordings.ClientFlaps().Where(IsFlap).Select(flap => Seed(0, flap)),
        .. Samples.All.Where(IsFlap).Select(sample => Seed(3, sample)),
    ];

    public override void Try(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        byte choice = script.Byte();
        byte channel = script.Byte();
        byte[] message = Messages.Flap(channel, script.Bytes(Longest).ToArray());
        if ((choice & 1) == 0)
        {
            var check = new ReferenceCheck(ReferenceCheck.Options(isRemapping: (choice & 2) != 0));
            check.Send([.. message, .. Messages.Flap(5)], [(0, message.Length), (message.Length, message.Length + 6)]);
        }
        else
        {
            FromServer(message, hasNeighbour: (choice & 2) != 0);
        }
    }

    private static bool IsFlap(byte[] bytes) => bytes is [0x2A, _, _, _, _, _, ..];

    private static byte[] Seed(byte choice, byte[] flap) => [choice, flap[1], .. flap[6..]];

    /// <summary>What a server says opens nothing, and changes only where a neighbour's offer comes back.</summary>
    private static void FromServer(byte[] message, bool hasNeighbour)
    {
        var gateway = new FuzzedGateway(ReferenceCheck.Options(isRemapping: false));
        if (hasNeighbour)
        {
            var dave = new Talk(new(Addresses.Dave, 40_000), new(Addresses.Server, 5190));
            dave.SignOn(gateway);
            gateway.Send(Direction.Outbound, dave.Next(Direction.Outbound, Messages.Offer(Addresses.Dave, 5190)));
        }

        Talk alice = Talk.OfAlice();
        alice.SignOn(gateway);
        int before = gateway.MappingCount;
        bool isChanged = false;
        gateway.Departed = (_, datagram) => isChanged |= !datagram.AsSpan()[^message.Length..].SequenceEqual(message);
        gateway.Send(Direction.Inbound, alice.Next(Direction.Inbound, message));
        gateway.ReleaseAll();
        Finding.Unless(gateway.MappingCount <= before, "What a server says opens no port.");
        Finding.Unless(hasNeighbour || !isChanged, "What a server says is not changed where no neighbour offers.");
        gateway.Departed = (_, _) => { };
        gateway.Finish();
    }
}
