using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.WinDivert;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Windows;

/// <summary>
/// WinDivert as its documentation has it: handles in the order of their priority, what one sends is seen only by those behind it and
/// marked as an impostor, what waits for more than two seconds is dropped, as is what finds no room, or waits when its handle is closed.
/// </summary>
internal sealed class SimulatedDriver(Simulation simulation) : IDivertDriver
{
    private readonly List<SimulatedHandle> _handles = [];

    /// <summary>What happens to a packet that was sent, or that no handle took any more: it goes on from its place.</summary>
    public Action<byte[], DivertAddress, short> Passes { get; set; } = (_, _, _) => { };

    /// <summary>Sees each packet, not copies, when it is handed out.</summary>
    public Action<byte[]> Received { get; set; } = _ => { };

    /// <summary>Somebody should look: a packet came.</summary>
    public Action Wakes { get; set; } = () => { };

    /// <summary>How many packets a handle has room for; WinDivert's default.</summary>
    public int QueueLength { get; set; } = 4_096;

    /// <summary>How often, of a thousand batches, one is overtaken by the next.</summary>
    public int Reordering { get; set; }

    /// <summary>How many packets at most come in a batch.</summary>
    public int LargestBatch { get; set; } = 8;

    /// <summary>The error of each further opening; 0 for none.</summary>
    public int Error { get; set; }

    /// <summary>Packets that waited for too long, or found no room.</summary>
    public int Expired { get; internal set; }

    /// <summary>Packets that waited when their handle was closed.</summary>
    public int Lost { get; internal set; }

    /// <summary>Packets, not copies, that were handed out: each must be sent again, or dropped on purpose.</summary>
    public long HandedOut { get; internal set; }

    /// <summary>How often handles were opened.</summary>
    public int Opened { get; private set; }

    public int OpenHandles => _handles.Count;

    public Simulation Simulation => simulation;

    public int TryOpen(DivertFilter filter, DivertLayer layer, short priority, DivertModes modes, out IDivertHandle? handle)
    {
        handle = null;
        if (Error == 0)
        {
            Opened++;
            Assert.That(filter.Tests, Is.LessThanOrEqualTo(DivertFilter.MaxTests));
            var opened = new SimulatedHandle(this, filter, layer, priority, modes);
            _handles.Add(opened);
            handle = opened;
        }

        return Error;
    }

    /// <summary>A packet reaches a layer.</summary>
    /// <param name="packet">The packet, whose array is given away.</param>
    /// <param name="address">What the driver says of it.</param>
    /// <param name="below">Handles of this priority and above do not see it: one of them has sent it.</param>
    /// <returns>True if a handle took it out.</returns>
    public bool Divert(byte[] packet, DivertAddress address, int below = short.MaxValue + 1)
    {
        foreach (SimulatedHandle handle in _handles.Where(handle => handle.Priority < below && (byte)handle.Layer == address.Layer).OrderByDescending(handle => handle.Priority).ToList())
        {
            if (handle.Takes(packet, address))
            {
                Wakes();
                if (!handle.IsSniffing)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The driver computes what is not said to be right, and marks the packet.</summary>
    internal void Send(byte[] packet, DivertAddress address, short priority)
    {
        if (!Ipv4Packet.TryParse(packet, out Ipv4Packet ip, out _))
        {
            Assert.Fail("What is sent is a datagram.");
        }

        if (!address.Has(DivertTraits.IpChecksum))
        {
            ip.WriteHeaderChecksum();
        }

        if (!address.Has(DivertTraits.TcpChecksum) && ip.Protocol == Ipv4Packet.Tcp && TcpSegment.TryParse(ip.Payload, out TcpSegment segment, out _))
        {
            segment.WriteChecksum(ip.Source, ip.Destination);
        }

        address.Traits |= DivertTraits.Impostor | DivertTraits.IpChecksum | DivertTraits.TcpChecksum;
        Passes(packet, address, priority);
    }

    internal void Remove(SimulatedHandle handle) => _handles.Remove(handle);
}
