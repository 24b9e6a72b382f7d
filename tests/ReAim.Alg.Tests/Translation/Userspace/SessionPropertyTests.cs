using System.Buffers.Binary;
using CsCheck;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation.Userspace;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Translation.Userspace;

/// <summary>
/// Few hosts on few ports do everything to each other at random, with small caps and jumps in time: after every step the table
/// is sound, and in the end it is empty.
/// </summary>
[TestFixture]
internal sealed class SessionPropertyTests
{
    private static readonly TcpFlags[] Flags =
    [
        TcpFlags.Syn, TcpFlags.Syn, TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Ack,
        TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst, TcpFlags.None, (TcpFlags)0x3F,
    ];

    private static readonly Gen<Step[]> Steps = Gen.Select(Gen.Int[0, 99], Gen.Int[0, 1_000_000], Gen.Int[0, 1_000_000], Gen.Int[0, 11])
        .Select((kind, a, b, flags) => new Step(kind, a, b, flags)).Array[400, 400];

    [Test]
    public void Whatever_comes_the_table_is_sound_after_every_step_and_empty_in_the_end()
    {
        int translated = 0;
        Property.Holds(
            Gen.Select(Steps, Gen.Bool, Gen.Int[1, 40], Gen.Int[1, 20]),
            100,
            one =>
            {
                var world = new World(new TranslatorOptions { Masquerade = one.Item2, MaxSessions = one.Item3, MaxHalfOpenSessions = one.Item4, FirstSourcePort = 5188, LastSourcePort = 5194 });
                foreach (Step step in one.Item1)
                {
                    world.Take(step);
                    world.AssertSound();
                }

                translated += world.Translated;
                world.Gateway.WaitSeconds(20_000);
                world.AssertSound();
                Assert.That((world.Translator.SessionCount, world.Translator.PortCount, world.Gateway.Engine.MappingCount), Is.EqualTo((0, 0, 0)));
                Assert.That(world.Translator.NextDeadline, Is.EqualTo(long.MaxValue));
            },
            one => $"masquerade {one.Item2}, caps {one.Item3} and {one.Item4}: {string.Join(' ', one.Item1.Select(step => $"{step.Kind}:{step.A}:{step.B}:{step.Flags}"))}");
        Assert.That(translated, Is.GreaterThan(100 * 50), "packets translated");
    }

    private readonly record struct Step(int Kind, int A, int B, int Flags);

    private sealed class World
    {
        private readonly TranslatorOptions _options;
        private readonly List<Conversation> _flows = [];

        public World(TranslatorOptions options)
        {
            _options = options;
            Gateway = new Gateway(Gateway.Options() with { FirstPoolPort = 5192, LastPoolPort = 5196 }, options) { Departed = Judge };
        }

        public Gateway Gateway { get; }

        public UserspaceTranslator Translator => Gateway.Translator!;

        public int Translated { get; private set; }

        public void Take(Step step)
        {
            switch (step.Kind)
            {
                case < 5:
                    Gateway.Wait(step.A * (step.Kind == 0 ? 9_000_000L : 100_000L));
                    break;
                case < 9 when _flows.Count < 4:
                    // A flow that is not translated here: what it offers is what counts.
                    _flows.Add(Conversation.SignOn(Gateway, Lan(step.A).Address, (ushort)(40_000 + _flows.Count)));
                    break;
                case < 14 when _flows.Count > 0:
                    Conversation flow = _flows[step.A % _flows.Count];
                    flow.Client(step.B % 3 == 0 ? Cancel((ulong)(step.B % 4)) : Offer(flow.Key.Lan.Address, (ushort)(5189 + (step.B % 4)), (ulong)(step.B % 4)));
                    break;
                case < 40:
                    Send(Direction.Outbound, Lan(step.A), step.B % 3 == 0 ? Public(step.B) : Outside(step.B), step);
                    break;
                case < 60:
                    Send(Direction.Inbound, step.B % 10 == 0 ? Public(step.A) : Outside(step.A), Public(step.B), step);
                    break;
                case var _ when Translator.SessionCount > 0:
                    Continue(Translator.Sessions.ElementAt(step.A % Translator.SessionCount), step);
                    break;
            }
        }

        public void AssertSound()
        {
            IReadOnlyCollection<NatSession> all = Translator.Sessions;
            Assert.That(all, Has.Count.LessThanOrEqualTo(_options.MaxSessions));
            Assert.That(all.Count(session => session.State == NatSessionState.HalfOpen), Is.LessThanOrEqualTo(_options.MaxHalfOpenSessions));
            Assert.That(all.Select(session => session.PublicKey).Distinct().Count(), Is.EqualTo(all.Count));
            ILookup<Ipv4Endpoint, Ipv4Endpoint> owners = all.ToLookup(session => session.Public, session => session.Lan);
            Assert.That(owners.Select(owner => owner.Distinct().Count()), Is.All.EqualTo(1), "a public port is one LAN end's");
            Assert.That(Translator.PortCount, Is.EqualTo(owners.Count));
        }

        private static Ipv4Endpoint Lan(int at) => new(new Ipv4Address(Addresses.Alice.Value + (uint)(at % 4)), (ushort)(5188 + (at / 4 % 8)));

        private static Ipv4Endpoint Outside(int at) => new(new Ipv4Address(Addresses.Bob.Value + (uint)(at % 3)), (ushort)(5188 + (at / 3 % 4)));

        private static Ipv4Endpoint Public(int at) => new(Addresses.Gateway, (ushort)(5188 + (at % 10)));

        /// <summary>A segment of a connection, or an error about one, from either side.</summary>
        private void Continue(NatSession session, Step step)
        {
            (Ipv4Endpoint lan, Ipv4Endpoint publicEnd, Ipv4Endpoint remote) = (session.Lan, session.Public, session.Remote);
            switch (step.B % 6)
            {
                case 0 or 1:
                    Send(Direction.Outbound, lan, remote, step);
                    break;
                case 2 or 3:
                    Send(Direction.Inbound, remote, publicEnd, step);
                    break;
                case 4:
                    Gateway.Send(Direction.Inbound, new IcmpPacket(Addresses.Server, publicEnd.Address, 3, 4, Segment(publicEnd, remote, step)).Build());
                    break;
                default:
                    Gateway.Send(Direction.Outbound, new IcmpPacket(lan.Address, remote.Address, 3, 4, Segment(remote, lan, step)).Build());
                    break;
            }
        }

        private void Send(Direction direction, Ipv4Endpoint source, Ipv4Endpoint destination, Step step) =>
            Gateway.Send(direction, Segment(source, destination, step));

        // Few numbers, so that handshakes sometimes fit.
        private static byte[] Segment(Ipv4Endpoint source, Ipv4Endpoint destination, Step step) =>
            new TcpPacket(source, destination, 1, 2, Flags[step.Flags], new byte[step.A % 7]).Build();

        /// <summary>What leaves has right checksums, and where everything is masqueraded nobody's LAN address.</summary>
        private void Judge(Departure departure)
        {
            PacketJudge.AssertSound(departure.Bytes);
            bool isOurs = Ipv4Address.Read(departure.Bytes.AsSpan(12)) == Addresses.Gateway;
            bool isTcp = departure.Bytes[9] == Ipv4Packet.Tcp;
            ushort port = BinaryPrimitives.ReadUInt16BigEndian(departure.Bytes.AsSpan(22));
            Translated += isOurs || (departure.Direction == Direction.Inbound && port != 5190) ? 1 : 0;
            if (_options.Masquerade && isTcp && departure.Direction == Direction.Outbound && Ipv4Address.Read(departure.Bytes.AsSpan(16)) != Addresses.Gateway)
            {
                Assert.That(isOurs, "leaves with a LAN address");
            }
        }
    }
}
