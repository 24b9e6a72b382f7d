using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Fuzz.World;

/// <summary>Sends a client's stream through an engine, and compares what leaves with what the reference makes of it.</summary>
internal sealed class ReferenceCheck(EngineOptions options)
{
    /// <summary>Counted where the engine may do less than the reference, which has no limits and waits for ever.</summary>
    private static readonly Reason[] s_excuses =
    [
        Reason.FramingLost, Reason.BytesMissed, Reason.NotRecognised, Reason.HoldExpired, Reason.HoldLimit, Reason.AssemblyLimit, Reason.EditLimit,
        Reason.HostLimit, Reason.MappingLimit, Reason.Flushed, Reason.Closed, Reason.OutOfWindow,
    ];

    public static EngineOptions Options(bool isRemapping) => new()
    {
        PublicAddress = Addresses.Gateway,
        MaxOffersPerHost = 512,
        RemapsIcqListeners = isRemapping,
        ReservedPorts = isRemapping ? new HashSet<ushort> { 5190, 5191, 49_160 } : new HashSet<ushort>(),
        FirstPoolPort = isRemapping ? (ushort)40_001 : (ushort)61_000,
        LastPoolPort = isRemapping ? (ushort)40_010 : (ushort)61_999,
    };

    /// <summary>Sends a stream behind both hellos.</summary>
    /// <param name="stream">What the client says.</param>
    /// <param name="segments">How it comes: stretches that cover it, in order of arrival.</param>
    public void Send(byte[] stream, IEnumerable<(int From, int To)> segments)
    {
        var gateway = new FuzzedGateway(options);
        Talk alice = Talk.OfAlice();
        alice.SignOn(gateway);
        uint start = alice.Client;
        byte[] left = new byte[stream.Length];
        bool[] came = new bool[stream.Length];
        gateway.Departed = (direction, datagram) =>
        {
            _ = Ipv4Packet.TryParse(datagram, out Ipv4Packet ip, out _);
            _ = TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _);
            int at = (int)(tcp.Sequence - start);
            tcp.Payload.CopyTo(left.AsSpan(at));
            came.AsSpan(at, tcp.Payload.Length).Fill(true);
        };
        foreach ((int from, int to) in segments)
        {
            gateway.Send(Direction.Outbound, alice.Segment(Direction.Outbound, start + (uint)from, alice.Server, TcpFlags.Ack, stream.AsSpan(from, to - from)));
        }

        gateway.ReleaseAll();
        Finding.Unless(came.All(one => one), "Every byte leaves.");
        byte[] expected = new ReferenceRewriter(Addresses.Alice, options).Rewrite(stream);
        if (!s_excuses.Any(reason => gateway.Engine.Reasons[reason] > 0))
        {
            Finding.Unless(left.AsSpan().SequenceEqual(expected), "What leaves is what the reference says.");
        }

        gateway.Departed = (_, _) => { };
        gateway.Finish();
    }
}
