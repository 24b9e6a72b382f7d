using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ReAim.Gateway.Tests.World;

/// <summary>
/// A way through a program for some of the packets that a router forwards: they come out later, in another order. The router sends
/// them into a tunnel device by mark, and this gives them back.
/// </summary>
internal sealed partial class Detour : IDisposable
{
    private const string Device = "detour";
    private const int ReadWrite = 2;
    private const uint SetInterface = 0x4004_54CA;
    private const short Tun = 0x0001;
    private const short NoPacketInformation = 0x1000;
    private const short Readable = 1;

    private readonly PriorityQueue<byte[], (long Due, int Number)> _waiting = new();
    private readonly Random _random = new(1);
    private readonly SafeFileHandle _tunnel;
    private readonly Thread _thread;
    private readonly (int First, int Last) _delay;
    private volatile bool _stopping;
    private int _count;

    /// <param name="internet">Whose router it is.</param>
    /// <param name="thousandths">How many packets in a thousand take it.</param>
    /// <param name="first">The shortest delay, in milliseconds.</param>
    /// <param name="last">The longest.</param>
    public Detour(Internet internet, int thousandths, int first, int last)
    {
        _delay = (first, last);
        string chance = thousandths < 1_000 ? $"numgen random mod 1000 < {thousandths}" : "";
        _tunnel = internet.Router.Inside(OpenTunnel);
        internet.Router.Ip("link", "set", Device, "mtu", "65535", "up");
        internet.Router.IpBatch("rule add fwmark 1 lookup 100", $"route add default dev {Device} table 100");
        internet.Router.ExecWithInput("nft", $$"""
            table ip detour {
              chain choose {
                type filter hook prerouting priority mangle; policy accept;
                iifname != "{{Device}}" ip protocol tcp {{chance}} meta mark set 1
              }
            }
            """, "-f", "-");
        _thread = new Thread(Run) { IsBackground = true, Name = Device };
        _thread.Start();
    }

    /// <summary>Packets that took it.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _tunnel.Dispose();
    }

    private static SafeFileHandle OpenTunnel()
    {
        var handle = new SafeFileHandle(Open("/dev/net/tun", ReadWrite), ownsHandle: true);

        // struct ifreq: a name of 16 bytes, then the flags.
        byte[] request = new byte[40];
        System.Text.Encoding.ASCII.GetBytes(Device).CopyTo(request, 0);
        BinaryPrimitives.WriteInt16LittleEndian(request.AsSpan(16), Tun | NoPacketInformation);
        return Control(handle, SetInterface, request) == 0
            ? handle
            : throw new InvalidOperationException($"TUNSETIFF: error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>One thread takes and gives back, so that equal delays keep the order.</summary>
    private void Run()
    {
        byte[] buffer = new byte[0x1_0000];
        while (!_stopping)
        {
            long now = Environment.TickCount64;
            while (_waiting.TryPeek(out byte[]? packet, out (long Due, int) first) && first.Due <= now)
            {
                _waiting.Dequeue();
                _ = Write(_tunnel, packet, packet.Length);
            }

            var wait = new Wait { File = (int)_tunnel.DangerousGetHandle(), Events = Readable };
            if (Poll(ref wait, 1, _waiting.Count > 0 ? 1 : 50) <= 0)
            {
                continue;
            }

            nint length = Read(_tunnel, buffer, buffer.Length);
            if (length > 0)
            {
                long due = now + _random.Next(_delay.First, _delay.Last + 1);
                _waiting.Enqueue(buffer[..(int)length], (due, Interlocked.Increment(ref _count)));
            }
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Wait
    {
        public int File;
        public short Events;
        public short Happened;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, ulong request, byte[] argument);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref Wait wait, ulong count, int timeout);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(SafeFileHandle file, byte[] buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(SafeFileHandle file, byte[] buffer, nint length);
}
