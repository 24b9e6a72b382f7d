using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>
/// Takes a little off the segment size that both SYNs of a connection announce, where lengths may change: a full segment that
/// grew would fit through no link, and come again and again just as full.
/// </summary>
internal static class SegmentSizeClamp
{
    /// <summary>Room for the longer text of several addresses.</summary>
    public const int Room = 40;

    private const int Smallest = 536;

    /// <summary>Looks at a SYN, and takes the room off what it announces if its connection may need that.</summary>
    /// <param name="options">The protocols.</param>
    /// <param name="flow">The connection.</param>
    /// <param name="side">The SYN's direction.</param>
    /// <param name="packet">Its datagram.</param>
    /// <param name="segment">Its segment.</param>
    /// <returns>True if it was changed.</returns>
    public static bool Apply(EngineOptions options, Flow flow, StreamSide side, Ipv4Packet packet, TcpSegment segment)
    {
        if (options.ListensOnly || !MayChangeLengths(options, flow.Key.Remote.Port)
            || TcpOption.ReadMaximumSegmentSize(segment.Options, out int offset) is not { } announced)
        {
            return false;
        }

        flow.Opposite(side).LargestSegment = announced;
        if (announced - Room < Smallest)
        {
            return false;
        }

        Span<byte> value = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)(announced - Room));
        segment.WriteOptionsAndChecksum(offset, value, segment.GetChecksumState(packet.Source, packet.Destination));
        return true;
    }

    /// <summary>False if no protocol changes lengths, or if the port is another's.</summary>
    private static bool MayChangeLengths(EngineOptions options, ushort port)
    {
        bool mayChange = false;
        foreach (ProtocolDescriptor protocol in options.Protocols)
        {
            if (!protocol.ChangesLengths && protocol.DefaultPort == port)
            {
                return false;
            }

            mayChange |= protocol.ChangesLengths;
        }

        return mayChange;
    }
}
