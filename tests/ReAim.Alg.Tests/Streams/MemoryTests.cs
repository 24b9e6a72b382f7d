using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Streams;

/// <summary>Nothing grows without a cap, and a warm engine allocates nothing.</summary>
[TestFixture]
internal sealed class MemoryTests
{
    private const int Flows = 100;

    [Test]
    public void A_warm_engine_allocates_nothing_for_any_kind_of_packet()
    {
        byte[] offer = Offer(Addresses.Alice, 5190);
        var engine = new Engine(Gateway.Options());
        var script = new Script(engine);
        for (ushort flow = 0; flow < Flows; flow++)
        {
            script.SignOn(flow);
        }

        void Round(ushort flow)
        {
            script.Send(flow, InstantMessage("hello"), acknowledge: true);
            script.Send(flow, [], acknowledge: false);
            script.Send(flow, offer, acknowledge: true);
            script.Send(flow, Cancel(), acknowledge: true);
            script.Send(flow, offer[..90], acknowledge: false);
            script.Send(flow, offer[90..], acknowledge: true);
            script.Send(flow, Cancel(), acknowledge: true);
        }

        for (int round = 0; round < 50; round++)
        {
            for (ushort flow = 0; flow < Flows; flow++)
            {
                Round(flow);
            }
        }

        script.Measure = true;
        for (ushort flow = 0; flow < Flows; flow++)
        {
            Round(flow);
        }

        Assert.That(engine.Reasons[Reason.OfferRewritten], Is.EqualTo(51 * Flows * 2), "the work was done");
        Assert.That(script.Allocated, Is.Zero, "bytes allocated in the engine");
    }

    [Test]
    public void A_warm_engine_allocates_nothing_for_peers_and_for_flows_that_it_looks_at_again()
    {
        var engine = new Engine(Gateway.Options() with { MaxPeerConnections = 16 });
        var script = new Script(engine);
        script.SignOn(0);
        script.Send(0, Offer(Addresses.Alice, 5190), acknowledge: true);
        byte[][] peers = [.. Enumerable.Range(1, 100).SelectMany(port => Handshake((ushort)port))];
        byte[] message = InstantMessage("hello");
        (message[2], message[3]) = (0, 1);
        script.Resume(1, message);
        void Round()
        {
            foreach (byte[] peer in peers)
            {
                script.Peer(peer);
            }

            script.Resume(1, message);
        }

        Round();
        script.Measure = true;
        Round();
        Assert.That(engine.Reasons[Reason.PeerLimit] + engine.Reasons[Reason.MappingTaken], Is.GreaterThan(50), "the work was done");
        Assert.That(script.Allocated, Is.Zero, "bytes allocated in the engine");

        static IEnumerable<byte[]> Handshake(ushort port)
        {
            var lan = new Ipv4Endpoint(Addresses.Alice, 5190);
            var bob = new Ipv4Endpoint(Addresses.Bob, port);
            var eve = new Ipv4Endpoint(Addresses.Server, port);
            yield return new TcpPacket(bob, lan, 1, 0, TcpFlags.Syn, []).Build();
            yield return new TcpPacket(eve, lan, 1, 0, TcpFlags.Syn, []).Build();
            yield return new TcpPacket(lan, bob, 1, 2, TcpFlags.Syn | TcpFlags.Ack, []).Build();
            if (port % 2 == 0)
            {
                yield return new TcpPacket(bob, lan, 2, 2, TcpFlags.Ack, []).Build();
            }
        }
    }

    [Test]
    public void A_flood_of_connections_stays_within_the_flow_table_and_recognised_flows_stay()
    {
        var gateway = new Gateway(Gateway.Options() with { MaxFlows = 50 });
        Conversation flow = Conversation.SignOn(gateway);
        for (uint i = 0; i < 5_000; i++)
        {
            var stray = new Conversation(gateway, new Ipv4Endpoint(Addresses.Alice, (ushort)(1_024 + i)), new Ipv4Endpoint(new Ipv4Address(0x0B00_0000 + i), 80));
            stray.ClientAt(-1, [], TcpFlags.Syn);
        }

        Assert.That(gateway.Engine.FlowCount, Is.EqualTo(50));
        Assert.That(gateway.Count(Reason.FlowTableFull), Is.EqualTo(5_000 - 49));
        flow.Client(Offer(Addresses.Alice, 5190));
        Assert.That(gateway.Count(Reason.OfferRewritten), Is.EqualTo(1));
    }

    [Test]
    public void A_syn_that_nobody_answers_is_forgotten_after_two_minutes()
    {
        var gateway = new Gateway();
        var flow = new Conversation(gateway, new(Addresses.Alice, 40_000), new(Addresses.Server, 5190));
        flow.ClientAt(-1, [], TcpFlags.Syn);
        gateway.WaitSeconds(100);
        flow.ClientAt(-1, [], TcpFlags.Syn);
        gateway.WaitSeconds(119);
        Assert.That(gateway.Engine.FlowCount, Is.EqualTo(1), "it was repeated");
        gateway.WaitSeconds(2);
        Assert.That((gateway.Engine.FlowCount, gateway.Count(Reason.Idle)), Is.EqualTo((0, 1L)));

        flow.ClientAt(-1, [], TcpFlags.Syn);
        flow.ServerAt(-1, [], TcpFlags.Syn | TcpFlags.Ack);
        gateway.WaitSeconds(7_000);
        Assert.That(gateway.Engine.FlowCount, Is.EqualTo(1), "an answered one may be silent for long");
    }

    [Test]
    public void Syns_that_nobody_answers_make_room_before_a_connection_that_was_answered()
    {
        var gateway = new Gateway(Gateway.Options() with { MaxFlows = 10 });
        Conversation flow = Conversation.Open(gateway);
        for (ushort port = 1; port < 100; port++)
        {
            new Conversation(gateway, new(Addresses.Dave, port), new(Addresses.Server, 80)).ClientAt(-1, [], TcpFlags.Syn);
        }

        flow.Server(Conversation.ServerHello);
        flow.Client(Conversation.ClientHello);
        Assert.That(gateway.Count(Reason.Recognised), Is.EqualTo(1));
    }

    [Test]
    public void A_table_full_of_recognised_flows_takes_no_new_one()
    {
        var gateway = new Gateway(Gateway.Options() with { MaxFlows = 3 });
        for (ushort port = 1; port <= 4; port++)
        {
            Conversation.SignOn(gateway, port: port);
        }

        Assert.That((gateway.Engine.FlowCount, gateway.Count(Reason.Recognised)), Is.EqualTo((3, 3L)));
    }

    [Test]
    public void Messages_that_never_end_are_collected_only_up_to_a_cap()
    {
        var gateway = new Gateway(Gateway.Options() with { MaxAssemblyBytes = 10_000 });
        byte[] half = Snac(4, 6, 7, Head(1, 2, "bob"), new byte[3_000])[..200];
        for (ushort port = 1; port <= 10; port++)
        {
            Conversation.SignOn(gateway, port: port).Client(half);
        }

        Assert.That(gateway.Count(Reason.AssemblyLimit), Is.EqualTo(7));
        gateway.WaitSeconds(7_300);
        Assert.That((gateway.Engine.FlowCount, gateway.Count(Reason.Idle)), Is.EqualTo((0, 10L)));
        Conversation.SignOn(gateway).Client(half);
        Assert.That(gateway.Count(Reason.AssemblyLimit), Is.EqualTo(7), "what idle flows had is free again");
    }

    [Test]
    public void What_one_host_never_ends_takes_no_room_from_another()
    {
        var gateway = new Gateway(Gateway.Options() with { MaxAssemblyBytesPerHost = 10_000 });
        byte[] half = Snac(4, 6, 7, Head(1, 2, "bob"), new byte[3_000])[..200];
        for (ushort port = 1; port <= 10; port++)
        {
            Conversation.SignOn(gateway, port: port).Client(half);
        }

        Assert.That(gateway.Count(Reason.AssemblyLimit), Is.EqualTo(7));
        Conversation dave = Conversation.SignOn(gateway, Addresses.Dave);
        byte[] offer = Offer(Addresses.Dave, 5190);
        dave.Client(offer.AsSpan(0, 85));
        dave.Client(offer.AsSpan(85));
        Assert.That((gateway.Count(Reason.AssemblyLimit), gateway.Count(Reason.OfferRewritten)), Is.EqualTo((7L, 1L)));
    }

    [Test]
    public void Copies_of_a_flow_that_is_forgotten_give_their_places_back()
    {
        // A SYN, sixteen segments behind a hole, and the port again with another sequence number, seventeen times.
        var gateway = new Gateway();
        for (uint round = 0; round < 17; round++)
        {
            var mallory = new Conversation(gateway, new(Addresses.Dave, 50_000), new(Addresses.Server, 80), 0x1000_0000 + (round << 24));
            mallory.Handshake();
            for (int segment = 0; segment < 16; segment++)
            {
                mallory.ClientAt(10 + (segment * 10), [1, 2, 3]);
            }
        }

        gateway.WaitSeconds(9_000);
        Assert.That((gateway.Engine.FlowCount, gateway.Engine.KeptCount), Is.EqualTo((0, 0)));
        byte[] offer = Offer(Addresses.Alice, 5190);
        Conversation alice = Conversation.SignOn(gateway);
        alice.Client(offer.AsSpan(0, 85));
        alice.Client(offer.AsSpan(85));
        Assert.That((gateway.Count(Reason.HoldLimit), gateway.Count(Reason.OfferRewritten)), Is.EqualTo((0L, 1L)), "a neighbour's cut offer, hours later");
    }

    [Test]
    public void An_idle_flow_costs_at_most_512_bytes()
    {
        const int Count = 20_000;
        var gateway = new Gateway();
        var script = new Script(gateway.Engine);
        script.SignOn(0);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int flow = 1; flow <= Count; flow++)
        {
            script.SignOn((ushort)flow);
        }

        long perFlow = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        TestContext.Out.WriteLine($"{perFlow} bytes per idle flow");
        Assert.That(gateway.Engine.Reasons[Reason.Recognised], Is.EqualTo(Count + 1));
        Assert.That(perFlow, Is.LessThanOrEqualTo(512));
        GC.KeepAlive(script);
    }

    /// <summary>Drives an engine without keeping anything, so that what is allocated is the engine's.</summary>
    private sealed class Script(Engine engine)
    {
        private readonly uint[] _next = new uint[65_536];
        private long _now;
        private long _id;

        public bool Measure { get; set; }

        public long Allocated { get; private set; }

        public void SignOn(ushort flow)
        {
            _next[flow] = 1;
            Process(Direction.Outbound, Packet(flow, Direction.Outbound, 0, 0, TcpFlags.Syn, []));
            Process(Direction.Inbound, Packet(flow, Direction.Inbound, 0, 1, TcpFlags.Syn | TcpFlags.Ack, []));
            Process(Direction.Inbound, Packet(flow, Direction.Inbound, 1, 1, TcpFlags.Ack, Conversation.ServerHello));
            Send(flow, Conversation.ClientHello, acknowledge: true);
        }

        public void Send(ushort flow, byte[] payload, bool acknowledge)
        {
            Process(Direction.Outbound, Packet(flow, Direction.Outbound, _next[flow], 11, TcpFlags.Ack, payload));
            _next[flow] += (uint)payload.Length;
            if (acknowledge)
            {
                Process(Direction.Inbound, Packet(flow, Direction.Inbound, 11, _next[flow], TcpFlags.Ack, []));
            }
        }

        /// <summary>A packet of a peer's connection, or of its answer.</summary>
        public void Peer(byte[] packet) =>
            Process(packet[15] == (byte)Addresses.Alice.Value ? Direction.Outbound : Direction.Inbound, packet, FlowStanding.Peer);

        /// <summary>The same frame of a flow that was verified before.</summary>
        public void Resume(ushort flow, byte[] payload) =>
            Process(Direction.Outbound, Packet(flow, Direction.Outbound, 1_000, 1, TcpFlags.Ack, payload), FlowStanding.Verified);

        private static byte[] Packet(ushort flow, Direction direction, uint sequence, uint ack, TcpFlags flags, byte[] payload)
        {
            var lan = new Ipv4Endpoint(new Ipv4Address(Addresses.Alice.Value), (ushort)(flow + 2_000));
            var remote = new Ipv4Endpoint(Addresses.Server, 5190);
            return (direction == Direction.Outbound
                ? new TcpPacket(lan, remote, sequence, ack, flags, payload)
                : new TcpPacket(remote, lan, sequence, ack, flags, payload)).Build();
        }

        private void Process(Direction direction, byte[] packet, FlowStanding standing = FlowStanding.None)
        {
            _now += 1_000;
            long before = GC.GetAllocatedBytesForCurrentThread();
            engine.Advance(_now);
            engine.Process(packet, direction, _id++, _now, standing);
            while (engine.TryTakeEffect(out Effect effect))
            {
                if (effect.Kind == EffectKind.OpenMapping)
                {
                    engine.AnswerMapping(effect.Mapping, true, _now);
                }
            }

            Allocated += Measure ? GC.GetAllocatedBytesForCurrentThread() - before : 0;
        }
    }
}
