using ReAim.Capture.Captures;
using SharpPcap;
using SharpPcap.LibPcap;

namespace ReAim.Capture.Diverters.Listen;

/// <summary>Captures the TCP packets of one LAN interface on a thread of its own.</summary>
internal sealed class LanCapture : IDisposable
{
    /// <summary>How long a read waits, in milliseconds, and so how soon the end is noticed, and another filter.</summary>
    private const int ReadTimeout = 20;

    /// <summary>What is captured of a packet, in bytes: so much that on Linux each place of the buffer is 64 KiB and none is a half empty 128.</summary>
    private const int Snaplen = 65_400;

    /// <summary>
    /// The library's buffer in bytes. On Linux it has a place of <see cref="Snaplen"/> for each packet, however short, and its usual 2 MiB
    /// hold 31: a client that signs on sends and gets more in the milliseconds in which the capturing thread may have to wait.
    /// </summary>
    private const int BufferSize = 16 << 20;

    private readonly LanDevice _device;
    private readonly Thread _thread;
    private volatile bool _stops;
    private volatile string? _nextFilter;
    private bool _isSetByThread;

    private LanCapture(LanDevice device, Action<ReadOnlySpan<byte>> take)
    {
        _device = device;
        _thread = new Thread(() => Capture(take)) { IsBackground = true, Name = $"capture {device.Name}" };
    }

    /// <summary>How many packets were captured whose link layer or end is missing.</summary>
    public long Unusable { get; private set; }

    /// <summary>How many packets found no room in the capture's buffer: by one thread at a time.</summary>
    public long Dropped => _device.Dropped;

    /// <summary>True once nothing more comes from the interface: it is gone.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Begins to capture.</summary>
    /// <param name="library">What captures.</param>
    /// <param name="name">The interface.</param>
    /// <param name="filter">Which packets, as libpcap's filters say it.</param>
    /// <param name="take">Takes an IPv4 datagram, on the capturing thread; it is good until this returns.</param>
    /// <exception cref="BadInputException">The interface cannot be captured on.</exception>
    public static LanCapture Start(CaptureLibrary library, string name, string filter, Action<ReadOnlySpan<byte>> take)
    {
        try
        {
            PcapInterface listed = LibPcapLiveDeviceList.New().FirstOrDefault(device => library.IsDevice(device.Name, name))?.Interface
                ?? throw new BadInputException($"--lan {name} cannot be captured on: the capturing library does not list it; is it up?");
            var device = new LanDevice(listed);
            try
            {
                Open(device, name, filter);
            }
            catch
            {
                device.Close();
                throw;
            }

            var capture = new LanCapture(device, take);
            capture._thread.Start();
            return capture;
        }
        catch (PcapException failure)
        {
            throw new BadInputException($"--lan {name} cannot be captured on: {failure.Message}");
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // Without some functions it is one that is too old, such as WinPcap.
            throw new BadInputException($"{library.HowToInstall}.");
        }
    }

    /// <summary>
    /// Captures by another filter: at once if the system can exchange it, or else as soon as the thread looks, since the library lets
    /// nobody else set it meanwhile; what arrives while it does is lost.
    /// </summary>
    /// <param name="filter">Which packets, as libpcap's filters say it.</param>
    public void Change(string filter)
    {
        // Once the library has set one, it may be filtering by itself, and an older one may wait still.
        if (_isSetByThread || !_device.TryExchangeFilter(filter))
        {
            _isSetByThread = true;
            _nextFilter = filter;
        }
    }

    /// <summary>Ends the capture.</summary>
    public void Dispose()
    {
        _stops = true;
        _thread.Join();
        _device.Close();
    }

    private static void Open(LanDevice device, string name, string filter)
    {
        device.Open(new DeviceConfiguration { Mode = DeviceModes.None, ReadTimeout = ReadTimeout, Immediate = true, Snaplen = Snaplen, BufferSize = BufferSize });
        device.Filter = filter;
        if (!LinkLayer.IsKnown((int)device.LinkType))
        {
            throw new BadInputException($"--lan {name} has link type {device.LinkType}, which is not supported: listen on an Ethernet, PPP or Wi-Fi interface.");
        }
    }

    private void Capture(Action<ReadOnlySpan<byte>> take)
    {
        while (!_stops)
        {
            if (Interlocked.Exchange(ref _nextFilter, null) is { } filter && !TrySet(filter))
            {
                HasEnded = true;
                return;
            }

            switch (_device.GetNextPacket(out PacketCapture packet))
            {
                case GetPacketStatus.PacketRead:
                    Take(packet, take);
                    break;
                case GetPacketStatus.ReadTimeout:
                    break;
                default:
                    HasEnded = true;
                    return;
            }
        }
    }

    private bool TrySet(string filter)
    {
        try
        {
            _device.Filter = filter;
            return true;
        }
        catch (PcapException)
        {
            return false;
        }
    }

    private void Take(PacketCapture packet, Action<ReadOnlySpan<byte>> take)
    {
        ReadOnlySpan<byte> frame = packet.Data;
        int offset = LinkLayer.FindIpv4((int)_device.LinkType, frame);
        if (offset == LinkLayer.None || packet.Header is PcapHeader { } header && header.CaptureLength < header.PacketLength)
        {
            Unusable++;
            return;
        }

        take(frame[offset..]);
    }
}
