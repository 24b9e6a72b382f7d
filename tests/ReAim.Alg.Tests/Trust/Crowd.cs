using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Trust;

/// <summary>More connections than a gateway likes, on one engine; of what leaves only the number is kept.</summary>
internal sealed class Crowd(EngineOptions options, ushort port = 5190)
{
    private readonly Ipv4Endpoint _server = new(Addresses.Server, port);

    private long _now = 1_000 * EngineOptions.Second;
    private long _id;

    public Engine Engine { get; } = new(options);

    /// <summary>Packets that wait now.</summary>
    public long Held { get; private set; }

    /// <summary>Packets that came.</summary>
    public long Sent => _id;

    /// <summary>Packets that left.</summary>
    public long Left { get; private set; }

    /// <summary>The most that waited at once.</summary>
    public long MostHeld { get; private set; }

    /// <summary>Offers whose peer has come.</summary>
    public int Connected { get; private set; }

    public HashSet<Mapping> Mappings { get; } = [];

    /// <summary>One of 16 million LAN hosts' ends.</summary>
    public static Ipv4Endpoint Member(int number) => new(new Ipv4Address(0x0A00_0000u | (uint)(number >> 14)), (ushort)(20_000 + (number & 0x3FFF)));

    public void Syn(int member) => Send(Direction.Outbound, Member(member), _server, 999, 0, TcpFlags.Syn, []);

    public void Handshake(int member)
    {
        Syn(member);
        Send(Direction.Inbound, Member(member), _server, 4_999, 1_000, TcpFlags.Syn | TcpFlags.Ack, []);
        Client(member, 0, 0, []);
    }

    public void SignOn(int member)
    {
        Handshake(member);
        Send(Direction.Inbound, Member(member), _server, 5_000, 1_000, TcpFlags.Ack, Conversation.ServerHello);
        Client(member, 0, Conversation.ServerHello.Length, Conversation.ClientHello);
    }

    /// <summary>The client begins, and the server answers.</summary>
    public void SignOn(int member, byte[] client, byte[] server)
    {
        Handshake(member);
        Client(member, 0, 0, client);
        Send(Direction.Inbound, Member(member), _server, 5_000, 1_000 + (uint)client.Length, TcpFlags.Ack, server);
    }

    /// <summary>Bytes of a client that has signed on, behind its hello.</summary>
    public void Say(int member, byte[] bytes) => Client(member, Conversation.ClientHello.Length, Conversation.ServerHello.Length, bytes);

    public void Client(int member, int offset, int acknowledged, byte[] bytes) =>
        Send(Direction.Outbound, Member(member), _server, 1_000 + (uint)offset, 5_000 + (uint)acknowledged, TcpFlags.Ack, bytes);

    public void Send(Direction direction, Ipv4Endpoint lan, Ipv4Endpoint remote, uint sequence, uint acknowledgement, TcpFlags flags, byte[] payload)
    {
        bool outbound = direction == Direction.Outbound;
        byte[] packet = new TcpPacket(outbound ? lan : remote, outbound ? remote : lan, sequence, acknowledgement, flags, payload).Build();
        Engine.Advance(++_now);
        CarryOut();
        Verdict verdict = Engine.Process(packet, direction, ++_id, _now);
        if (verdict == Verdict.Hold)
        {
            Held++;
        }
        else
        {
            Left++;
        }

        CarryOut();
        MostHeld = Math.Max(MostHeld, Held);
    }

    public void WaitSeconds(double seconds)
    {
        _now += (long)(seconds * EngineOptions.Second);
        Engine.Advance(_now);
        CarryOut();
    }

    private void CarryOut()
    {
        while (Engine.TryTakeEffect(out Effect effect))
        {
            switch (effect.Kind)
            {
                case EffectKind.Release:
                    Held--;
                    Left++;
                    break;
                case EffectKind.OfferConnected:
                    Connected++;
                    break;
                case EffectKind.OpenMapping:
                    Mappings.Add(effect.Mapping);
                    Engine.AnswerMapping(effect.Mapping, installed: true, _now);
                    break;
                case EffectKind.CloseMapping:
                    Mappings.Remove(effect.Mapping);
                    break;
            }
        }
    }
}
