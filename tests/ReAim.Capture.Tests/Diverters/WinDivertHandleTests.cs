using System.Runtime.InteropServices;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.WinDivert;
using ReAim.Capture.Diverters.WinDivert.Interop;

namespace ReAim.Capture.Tests.Diverters;

/// <summary>How the real driver is used: opening, batches, ends and failures, over functions that stand in for its own.</summary>
[TestFixture]
internal sealed class WinDivertHandleTests
{
    private static readonly DivertFilter Filter = DivertFilter.Is(DivertField.DestinationPort, 5190);

    [Test]
    public void An_address_is_laid_out_as_the_driver_has_it()
    {
        Assert.That(Marshal.SizeOf<DivertAddress>(), Is.EqualTo(80));
        Assert.That(
            new[] { nameof(DivertAddress.Timestamp), nameof(DivertAddress.Layer), nameof(DivertAddress.Event), nameof(DivertAddress.Traits), nameof(DivertAddress.InterfaceIndex), nameof(DivertAddress.SubInterfaceIndex) }
                .Select(name => (int)Marshal.OffsetOf<DivertAddress>(name)),
            Is.EqualTo(new[] { 0, 8, 9, 10, 16, 20 }));
    }

    [Test]
    public void A_handle_is_opened_with_the_filters_text_and_room_for_bursts()
    {
        using var calls = new StandIn();
        Assert.That(new WinDivertDriver(calls, () => { }).TryOpen(Filter, DivertLayer.Forward, 5, DivertModes.Sniff | DivertModes.ReceiveOnly, out IDivertHandle? handle), Is.Zero);
        handle!.Dispose();
        Assert.That(calls.Said, Is.EqualTo(new[] { "open ip and (tcp.DstPort == 5190) Forward 5 Sniff, ReceiveOnly", "QueueLength 16384", "QueueSize 33554432", "QueueTime 2000", "shutdown", "close" }));
    }

    [Test]
    public void A_handle_that_cannot_be_opened_or_set_up_is_an_error_and_nothing_stays_open()
    {
        using var closed = new StandIn { OpenError = 577 };
        Assert.That((new WinDivertDriver(closed, () => { }).TryOpen(Filter, DivertLayer.Network, 0, DivertModes.None, out IDivertHandle? none), none), Is.EqualTo((577, (IDivertHandle?)null)));
        using var odd = new StandIn { ParameterError = 87 };
        Assert.That((new WinDivertDriver(odd, () => { }).TryOpen(Filter, DivertLayer.Network, 0, DivertModes.None, out none), none), Is.EqualTo((87, (IDivertHandle?)null)));
        Assert.That(odd.Said[^1], Is.EqualTo("close"));
    }

    [Test]
    public void Packets_are_handed_over_in_order_and_the_driver_keeps_what_finds_no_batch()
    {
        using var calls = new StandIn();
        using var woken = new SemaphoreSlim(0);
        using IDivertHandle handle = Open(calls, woken);
        for (byte i = 0; i < 20; i++)
        {
            calls.Come(Packet(i));
        }

        var batch = new DivertBatch();
        for (byte i = 0; i < 20; i++)
        {
            Receive(handle, woken, batch);
            Assert.That(batch.TryTake(out Span<byte> packet, out DivertAddress address));
            Assert.That((packet.ToArray(), address.InterfaceIndex), Is.EqualTo((Packet(i), 7u)));
            Assert.That(batch.TryTake(out _, out _), Is.False);
        }

        Assert.That(handle.TryReceive(batch), Is.False);
    }

    [Test]
    public void After_the_stop_what_had_come_can_still_be_taken()
    {
        using var calls = new StandIn();
        using var woken = new SemaphoreSlim(0);
        using IDivertHandle handle = Open(calls, woken);
        calls.Come(Packet(1));
        calls.Come(Packet(2));
        handle.StopReceiving();
        var batch = new DivertBatch();
        Receive(handle, woken, batch);
        Receive(handle, woken, batch);
        Assert.That(batch.TryTake(out Span<byte> packet, out _) && packet.SequenceEqual(Packet(2)));
        Assert.That(handle.TryReceive(batch), Is.False);
    }

    [Test]
    public void After_the_stop_nothing_is_missed_that_the_driver_still_hands_out()
    {
        using var calls = new StandIn { Pause = 1 };
        using IDivertHandle handle = Open(calls);
        for (byte i = 0; i < 20; i++)
        {
            calls.Come(Packet(i));
        }

        handle.StopReceiving();
        var batch = new DivertBatch();
        int received = 0;
        while (handle.TryReceive(batch))
        {
            received += batch.Count;
        }

        Assert.That(received, Is.EqualTo(20));
    }

    [Test]
    public void A_handle_is_closed_once()
    {
        using var calls = new StandIn();
        IDivertHandle handle = Open(calls);
        handle.Dispose();
        handle.Dispose();
        Assert.That(calls.Said.Count(word => word == "close"), Is.EqualTo(1));
    }

    [Test]
    public void A_packet_without_hops_is_counted_and_the_others_which_have_gone_are_not_sent_twice()
    {
        using var calls = new StandIn { Hopless = 2 };
        using IDivertHandle handle = Open(calls);
        var batch = new DivertBatch();
        for (byte i = 0; i < 4; i++)
        {
            batch.TryAdd(Packet(i), new DivertAddress { InterfaceIndex = i });
        }

        Assert.That(handle.Send(batch), Is.EqualTo(1));
        Assert.That(calls.Sent, Is.EqualTo(new byte[] { 0, 1, 3 }));
    }

    [Test]
    public void A_failure_of_the_driver_ends_the_worker()
    {
        using var calls = new StandIn();
        using var woken = new SemaphoreSlim(0);
        using IDivertHandle handle = Open(calls, woken);
        calls.Fail(995);
        Assert.That(woken.Wait(TimeSpan.FromSeconds(20)));
        Assert.That(() => handle.TryReceive(new DivertBatch()), Throws.TypeOf<IOException>().With.Message.Contains("Windows error 995"));
    }

    [Test]
    public void A_handle_is_closed_while_its_thread_waits_for_the_driver_or_for_a_batch()
    {
        using var idle = new StandIn();
        using var woken = new SemaphoreSlim(0);
        Open(idle, woken).Dispose();
        using var full = new StandIn();
        IDivertHandle handle = Open(full, woken);
        for (byte i = 0; i < 10; i++)
        {
            full.Come(Packet(i));
        }

        for (int i = 0; i < 4; i++)
        {
            Assert.That(woken.Wait(TimeSpan.FromSeconds(20)));
        }

        handle.Dispose();
        Assert.That((idle.Said[^1], full.Said[^1]), Is.EqualTo(("close", "close")));
    }

    [Test]
    public void One_packet_that_cannot_be_sent_does_not_keep_the_others_back()
    {
        using var calls = new StandIn { Unsendable = 2 };
        using var woken = new SemaphoreSlim(0);
        using IDivertHandle handle = Open(calls, woken);
        var batch = new DivertBatch();
        for (byte i = 0; i < 4; i++)
        {
            batch.TryAdd(Packet(i), new DivertAddress { InterfaceIndex = i });
        }

        Assert.That(handle.Send(batch), Is.EqualTo(1));
        Assert.That(calls.Sent, Is.EqualTo(new byte[] { 0, 1, 0, 1, 3 }), "what went before the error goes twice");
    }

    [TestCase(2, "WinDivert64.sys")]
    [TestCase(5, "administrator")]
    [TestCase(87, "2.2")]
    [TestCase(126, "WinDivert.dll is not beside reaim.exe")]
    [TestCase(193, "x64")]
    [TestCase(577, "signature")]
    [TestCase(654, "another version")]
    [TestCase(1058, "sc.exe config WinDivert start= demand")]
    [TestCase(1060, "restart Windows")]
    [TestCase(1072, "restart Windows")]
    [TestCase(1275, "--mode listen")]
    [TestCase(1753, "sc.exe start BFE")]
    [TestCase(4711, "Windows error 4711")]
    public void Every_error_is_one_sentence_that_says_what_to_do(int error, string part)
    {
        string sentence = DivertErrors.Sentence(error);
        Assert.That(sentence, Does.Contain(part).And.EndsWith(".").And.Contain(": "));
    }

    private static IDivertHandle Open(StandIn calls) => Open(calls, () => { });

    private static IDivertHandle Open(StandIn calls, SemaphoreSlim woken) => Open(calls, () => woken.Release());

    private static IDivertHandle Open(StandIn calls, Action wake)
    {
        Assert.That(new WinDivertDriver(calls, wake).TryOpen(Filter, DivertLayer.Network, 0, DivertModes.None, out IDivertHandle? handle), Is.Zero);
        return handle!;
    }

    private static void Receive(IDivertHandle handle, SemaphoreSlim woken, DivertBatch batch)
    {
        while (!handle.TryReceive(batch))
        {
            Assert.That(woken.Wait(TimeSpan.FromSeconds(20)), "a packet");
        }
    }

    /// <summary>20 bytes.</summary>
    private static byte[] Packet(byte number)
    {
        var packet = new byte[Ipv4Packet.MinHeaderLength];
        (packet[0], packet[3], packet[5]) = (0x45, Ipv4Packet.MinHeaderLength, number);
        return packet;
    }

    /// <summary>Hands out a packet at a time.</summary>
    private sealed class StandIn : IWinDivertCalls, IDisposable
    {
        private readonly Queue<byte[]> _coming = new();
        private readonly object _lock = new();
        private int _error;

        public int OpenError { get; init; }

        public int ParameterError { get; init; }

        /// <summary>The number of a packet at which sending ends.</summary>
        public byte? Unsendable { get; init; }

        /// <summary>The number of a packet that has no hops left: the driver goes on with the others.</summary>
        public byte? Hopless { get; init; }

        /// <summary>How long it takes to hand out a packet, in milliseconds.</summary>
        public int Pause { get; init; }

        public List<string> Said { get; } = [];

        public List<byte> Sent { get; } = [];

        public void Come(byte[] packet)
        {
            lock (_lock)
            {
                _coming.Enqueue(packet);
                Monitor.PulseAll(_lock);
            }
        }

        public void Fail(int error)
        {
            lock (_lock)
            {
                _error = error;
                Monitor.PulseAll(_lock);
            }
        }

        public int Open(string filter, DivertLayer layer, short priority, DivertModes modes, out nint handle)
        {
            handle = OpenError == 0 ? 42 : -1;
            Said.Add($"open {filter} {layer} {priority} {modes}");
            return OpenError;
        }

        public int Receive(nint handle, Span<byte> packets, Span<DivertAddress> addresses, out int length, out int count)
        {
            (length, count) = (0, 0);
            Thread.Sleep(Pause);
            lock (_lock)
            {
                while (_coming.Count == 0 && _error == 0)
                {
                    Monitor.Wait(_lock);
                }

                if (!_coming.TryDequeue(out byte[]? packet))
                {
                    return _error;
                }

                packet.CopyTo(packets);
                addresses[0] = new DivertAddress { InterfaceIndex = 7 };
                (length, count) = (packet.Length, 1);
                return 0;
            }
        }

        public int Send(nint handle, ReadOnlySpan<byte> packets, ReadOnlySpan<DivertAddress> addresses)
        {
            Assert.That(packets.Length, Is.EqualTo(addresses.Length * Ipv4Packet.MinHeaderLength));
            int error = 0;
            for (int i = 0; i < addresses.Length; i++)
            {
                byte number = packets[(i * Ipv4Packet.MinHeaderLength) + 5];
                if (number == Unsendable)
                {
                    return 1_450;
                }

                if (number == Hopless)
                {
                    error = DivertErrors.HostUnreachable;
                }
                else
                {
                    Sent.Add((byte)addresses[i].InterfaceIndex);
                }
            }

            return error;
        }

        public int Shutdown(nint handle, bool isReceivingOnly)
        {
            Fail(DivertErrors.NoData);
            Said.Add("shutdown");
            return 0;
        }

        public int Close(nint handle)
        {
            Said.Add("close");
            return 0;
        }

        public int SetParameter(nint handle, DivertParameter parameter, ulong value)
        {
            Said.Add($"{parameter} {value}");
            return ParameterError;
        }

        public void Dispose()
        {
        }
    }
}
