using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Benchmarks.Workloads;

/// <summary>
/// A capture of 100 signed-on clients that chat: IMs of realistic sizes both ways, acknowledgements, server data in full
/// segments, and now and then an offer and its cancel. The same bytes every time.
/// </summary>
internal static class SyntheticCapture
{
    private const int Flows = 100;
    private const int FileHeaderLength = 24;
    private const int RecordHeaderLength = 16;

    /// <summary>Writes the capture: pcap, Ethernet, microseconds.</summary>
    public static void Write(string path, int packets)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        Span<byte> header = stackalloc byte[FileHeaderLength];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xA1B2C3D4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 262_144);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        file.Write(header);
        long written = 0;
        foreach (ReadOnlyMemory<byte> datagram in Datagrams(packets))
        {
            WriteRecord(file, written++, datagram.Span);
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Datagrams(int packets)
    {
        var random = new Random(20_261_123);
        var clients = new Client[Flows];
        int count = 0;
        for (int flow = 0; flow < Flows; flow++)
        {
            clients[flow] = new Client((ushort)(40_000 + flow));
            foreach (ReadOnlyMemory<byte> datagram in clients[flow].SignOn())
            {
                count++;
                yield return datagram;
            }
        }

        byte[][] messages = [.. Enumerable.Range(1, 8).Select(size => OscarMessages.InstantMessage(6, size * 30))];
        byte[][] answers = [.. Enumerable.Range(1, 8).Select(size => OscarMessages.InstantMessage(7, size * 30))];
        byte[] bulk = OscarMessages.InstantMessage(0x10, 1_400);
        while (count < packets)
        {
            Client client = clients[random.Next(Flows)];
            int kind = random.Next(1_000);
            IEnumerable<ReadOnlyMemory<byte>> next = kind switch
            {
                < 2 => client.Send(OscarMessages.Offer, client.Send(OscarMessages.Cancel, client.Acknowledge())),
                < 400 => client.Send(messages[random.Next(8)], client.Acknowledge()),
                < 800 => client.Receive(answers[random.Next(8)]),
                _ => client.Receive(bulk),
            };
            foreach (ReadOnlyMemory<byte> datagram in next)
            {
                if (count++ == packets)
                {
                    yield break;
                }

                yield return datagram;
            }
        }
    }

    private static void WriteRecord(FileStream file, long number, ReadOnlySpan<byte> datagram)
    {
        ReadOnlySpan<byte> ethernet = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
        Span<byte> header = stackalloc byte[RecordHeaderLength];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)(1_700_000_000 + (number / 20_000)));
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(number % 20_000 * 50));
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], ethernet.Length + datagram.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], ethernet.Length + datagram.Length);
        file.Write(header);
        file.Write(ethernet);
        file.Write(datagram);
    }

    /// <summary>One connection, both ends.</summary>
    private sealed class Client(ushort port)
    {
        private static readonly Ipv4Endpoint Server = new(new Ipv4Address(0xC6336405), 5190);

        private readonly Ipv4Endpoint _lan = new(new Ipv4Address(0xC0A8070A), port);
        private uint _sent = 1;
        private uint _received = 1;

        public IEnumerable<ReadOnlyMemory<byte>> SignOn()
        {
            yield return Packet(_lan, Server, TcpFlags.Syn, 0, 0, []);
            yield return Packet(Server, _lan, TcpFlags.Syn | TcpFlags.Ack, 0, 1, []);
            foreach (ReadOnlyMemory<byte> datagram in Send(OscarMessages.Hello, Receive(OscarMessages.Hello)))
            {
                yield return datagram;
            }
        }

        public IEnumerable<ReadOnlyMemory<byte>> Send(byte[] payload, IEnumerable<ReadOnlyMemory<byte>> then)
        {
            yield return Packet(_lan, Server, TcpFlags.Ack | TcpFlags.Psh, _sent, _received, payload);
            _sent += (uint)payload.Length;
            foreach (ReadOnlyMemory<byte> datagram in then)
            {
                yield return datagram;
            }
        }

        public IEnumerable<ReadOnlyMemory<byte>> Receive(byte[] payload)
        {
            yield return Packet(Server, _lan, TcpFlags.Ack | TcpFlags.Psh, _received, _sent, payload);
            _received += (uint)payload.Length;
            yield return Packet(_lan, Server, TcpFlags.Ack, _sent, _received, []);
        }

        public IEnumerable<ReadOnlyMemory<byte>> Acknowledge()
        {
            yield return Packet(Server, _lan, TcpFlags.Ack, _received, _sent, []);
        }

        private static byte[] Packet(Ipv4Endpoint source, Ipv4Endpoint destination, TcpFlags flags, uint sequence, uint acknowledgement, byte[] payload) =>
            new PacketTemplate(source, destination, flags, payload).With(sequence, acknowledgement).ToArray();
    }
}
