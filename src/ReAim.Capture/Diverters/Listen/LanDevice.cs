using ReAim.Capture.Linux.Interop;
using SharpPcap;
using SharpPcap.LibPcap;

namespace ReAim.Capture.Diverters.Listen;

/// <summary>An interface of the LAN as libpcap captures on it, and what that library does not do.</summary>
/// <param name="device">The interface, as the library lists it.</param>
internal sealed class LanDevice(PcapInterface device) : LibPcapLiveDevice(device)
{
    private long _dropped;

    /// <summary>How many packets found no room in the capture's buffer: by one thread at a time.</summary>
    public long Dropped
    {
        get
        {
            // On Linux the package reads libpcap's counters, 32 bits each, as if they had 64.
            if (OperatingSystem.IsLinux())
            {
                return _dropped += CaptureSocket.TakeDropped(FileDescriptor);
            }

            try
            {
                return _dropped = Statistics.DroppedPackets;
            }
            catch (PcapException)
            {
                return _dropped;
            }
        }
    }

    /// <summary>Exchanges the filter in one step, from any thread: every packet meets the old one or the new one.</summary>
    /// <param name="filter">Which packets, as libpcap's filters say it.</param>
    /// <returns>False if that cannot be done here: the old one stands.</returns>
    public bool TryExchangeFilter(string filter)
    {
        // For other links libpcap moves what the compiled filter reads to where the socket has it.
        if (!OperatingSystem.IsLinux() || LinkType != PacketDotNet.LinkLayers.Ethernet)
        {
            return false;
        }

        using BpfProgram? program = BpfProgram.TryCreate(LinkType, filter);
        return program is { IsInvalid: false } && CaptureSocket.TryReplaceFilter(FileDescriptor, program.DangerousGetHandle());
    }
}
