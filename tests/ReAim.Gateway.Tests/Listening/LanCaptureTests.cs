using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ReAim.Capture.Diverters.Listen;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Listening;

/// <summary>What is captured on the loopback interface of numbered datagrams.</summary>
[RequiresRoot]
internal sealed class LanCaptureTests
{
    /// <summary>An IPv4 header without options and UDP's.</summary>
    private const int Headers = 28;

    private readonly ConcurrentDictionary<int, bool> _seen = new();
    private volatile bool _isBusy;
    private Socket _sender = null!;
    private Socket _receiver = null!;
    private LanCapture _capture = null!;

    private int Port => ((IPEndPoint)_receiver.LocalEndPoint!).Port;

    [SetUp]
    public void Start()
    {
        _seen.Clear();
        _receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _sender.Connect(_receiver.LocalEndPoint!);
        _capture = LanCapture.Start(CaptureLibrary.Libpcap, "lo", $"udp port {Port}", Take);
        Send(0);
        Assert.That(SpinWait.SpinUntil(() => _seen.ContainsKey(0), 5_000), "nothing is captured.");
    }

    [TearDown]
    public void End()
    {
        _isBusy = false;
        _capture.Dispose();
        _sender.Dispose();
        _receiver.Dispose();
    }

    [Test]
    public void No_packet_is_lost_while_the_filter_changes()
    {
        const int Count = 20_000, Ahead = 32;
        bool ends = false;
        var changing = new Thread(() =>
        {
            for (int i = 1; !Volatile.Read(ref ends); i++)
            {
                _capture.Change($"udp port {Port} or udp port {1 + (i % 1_000)}");
                Thread.Sleep(0);
            }
        });
        changing.Start();
        for (int i = 1; i <= Count; i++)
        {
            Send(i);
            int earlier = i - Ahead;
            SpinWait.SpinUntil(() => earlier < 0 || _seen.ContainsKey(earlier), 20);
        }

        SpinWait.SpinUntil(() => _seen.ContainsKey(Count), 1_000);
        Volatile.Write(ref ends, true);
        changing.Join();
        Assert.That(Enumerable.Range(0, Count + 1).Where(i => !_seen.ContainsKey(i)), Is.Empty, "These were not captured.");
    }

    [Test]
    public void A_burst_that_finds_the_reader_busy_waits_for_it()
    {
        // On this interface each takes two places: it goes out, and comes in.
        const int Burst = 120;
        _isBusy = true;
        SendUntil(Burst);
        _isBusy = false;
        SpinWait.SpinUntil(() => _seen.Count > Burst, 2_000);
        Assert.That((_seen.Count, _capture.Dropped), Is.EqualTo((Burst + 1, 0L)));
    }

    [Test]
    public void What_the_buffer_does_not_hold_is_counted()
    {
        const int Flood = 5_000;
        _isBusy = true;
        SendUntil(Flood);
        _isBusy = false;
        int before;
        do
        {
            before = _seen.Count;
            Thread.Sleep(100);
        }
        while (_seen.Count != before);

        // On this interface each counts twice: it goes out, and comes in.
        Assert.That(_capture.Dropped, Is.EqualTo(2 * (Flood + 1 - _seen.Count)).Within(1).And.Positive);
    }

    private void Take(ReadOnlySpan<byte> datagram)
    {
        SpinWait.SpinUntil(() => !_isBusy);
        _seen[BinaryPrimitives.ReadInt32BigEndian(datagram[Headers..])] = true;
    }

    private void SendUntil(int last)
    {
        for (int i = 1; i <= last; i++)
        {
            Send(i);
        }
    }

    private void Send(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        _sender.Send(bytes);
    }
}
