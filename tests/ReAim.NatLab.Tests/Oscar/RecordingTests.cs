using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar.Styles;
using ReAim.NatLab.Tests.Tcp;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>libpurple in memory writes what libpurple wrote when it was recorded.</summary>
[TestFixture]
internal sealed class RecordingTests
{
    private static IEnumerable<string> AtClients() =>
        Directory.GetFiles(RecordedStream.Folder, "*.pcap").Select(path => Path.GetFileName(path)).Where(name => name.Contains(".lan.", StringComparison.Ordinal) || name.Contains(".carol.", StringComparison.Ordinal)).Order();

    /// <summary>Offers, counter-offers, proxied proposals, accepts and cancels: all their bytes, the outer TLVs included.</summary>
    [TestCaseSource(nameof(AtClients))]
    public void Rendezvous_messages_of_a_recording_are_written_byte_for_byte(string recording)
    {
        int messages = 0;
        foreach (((_, Ipv4Endpoint to), RecordedStream stream) in RecordedStream.ReadAll(recording))
        {
            foreach (Snac snac in to.Port == OscarServer.Port ? stream.Flaps(2).Select(Snac.Parse).OfType<Snac>() : [])
            {
                if (snac.Kind == 0x0004_0006 && Icbm.Parse(snac.Data) is { Channel: Icbm.Rendezvous } message)
                {
                    RendezvousMessage rendezvous = RendezvousMessage.Parse(TlvList.Parse(message.Rest).First(0x0005))!;
                    Assert.That(Convert.ToHexString(Written(rendezvous)), Is.EqualTo(Convert.ToHexString(message.Rest)));
                    messages++;
                }
            }
        }

        Assert.That(messages, recording.StartsWith("a_", StringComparison.Ordinal) ? Is.Zero : Is.Positive);
    }

    private static byte[] Written(RendezvousMessage seen)
    {
        var style = new Libpurple();
        byte[][] tlvs = seen.Type switch
        {
            RendezvousMessage.Propose => style.Proposal(Terms(seen)),
            RendezvousMessage.Cancel => style.Cancel,
            _ => [],
        };
        byte[] block = Join(U16(seen.Type), U64(seen.Cookie), Uuid(seen.Capability), Join(tlvs));
        return seen.Type == RendezvousMessage.Accept ? style.OuterOfAccept(block) : style.Outer(block);
    }

    private static ProposalTerms Terms(RendezvousMessage seen) => new()
    {
        Capability = seen.Capability,
        RequestNumber = seen.RequestNumber,
        Own = seen.Internal!.Value,
        Port = seen.Port,
        Proxy = seen.UsesProxy ? seen.Rendezvous : null,
        FileName = seen.FileName,
        FileSize = seen.FileSize,
    };

    [Test]
    public void The_send_buffer_cuts_a_recorded_conversation_where_libpurple_cut_it()
    {
        // The only connection of ten offers, as its FLAPs follow each other.
        byte[] stream = RecordedStream.ReadAll("l_many_offers-aol.lan.pcap")
            .Where(entry => entry.Key.To.Port == OscarServer.Port)
            .Select(entry => entry.Value.Bytes)
            .MaxBy(bytes => bytes.Length)!;
        var hosts = new TwoHosts(1);
        (TcpConnection connection, _) = hosts.Connect();
        connection.NoDelay = true;
        var buffer = new CircularBuffer(hosts.Simulation);
        var cuts = new List<(int Offset, int Of)>();
        for (int at = 0; at < stream.Length;)
        {
            int length = 6 + (stream[at + 4] << 8) + stream[at + 5];
            int before = hosts.DataFrom(hosts.A).Count;
            buffer.Write(connection, stream[at..(at + length)]);
            hosts.Run(Simulation.Second);
            List<(double Milliseconds, int Length)> data = hosts.DataFrom(hosts.A);
            Assert.That(data.Skip(before).Sum(sent => sent.Length), Is.EqualTo(length));
            if (data.Count > before + 1)
            {
                cuts.Add((data[before].Length, length));
            }

            at += length;
        }

        // Two FLAPs of the sign-on, and of the ten offers the third and the seventh.
        Assert.That(cuts, Is.EqualTo(new[] { (8, 41), (22, 112), (60, 117), (104, 117) }));
    }
}
