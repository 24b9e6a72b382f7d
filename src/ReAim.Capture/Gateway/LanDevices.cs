using System.Buffers.Binary;
using ReAim.Alg;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway;

/// <summary>The interfaces of the LAN, by the indexes that their names have now: one that is made anew gets another.</summary>
internal sealed class LanDevices
{
    private const int MinLength = Ipv4Packet.MinHeaderLength + 4;

    private readonly IReadOnlyList<string> _names;
    private readonly int[] _indexes;

    /// <summary>Looks the names up.</summary>
    public LanDevices(IReadOnlyList<string> names)
    {
        _names = names;
        _indexes = new int[names.Count];
        Refresh();
    }

    /// <summary>Looks the names up again.</summary>
    public void Refresh()
    {
        for (int i = 0; i < _indexes.Length; i++)
        {
            // What cannot be told is most likely what it was.
            _indexes[i] = LibC.TryInterfaceIndex(_names[i], out int index) ? index : _indexes[i];
        }
    }

    /// <summary>Which way a forwarded packet goes.</summary>
    /// <param name="inDevice">The interface it came from.</param>
    /// <param name="outDevice">The interface it goes to.</param>
    /// <param name="datagram">The packet.</param>
    /// <param name="engine">Knows whose ends are mapped.</param>
    public Direction DirectionOf(int inDevice, int outDevice, ReadOnlySpan<byte> datagram, Engine engine)
    {
        if (!Contains(inDevice))
        {
            return Direction.Inbound;
        }

        // From the LAN to the LAN: a neighbour's connect to a mapping, or the answer to one.
        return Contains(outDevice) && TryReadDestination(datagram, out Ipv4Endpoint end) && engine.IsMapped(end)
            ? Direction.Inbound
            : Direction.Outbound;
    }

    private static bool TryReadDestination(ReadOnlySpan<byte> datagram, out Ipv4Endpoint end)
    {
        int header = datagram.IsEmpty ? 0 : (datagram[0] & 0x0F) * 4;
        if (datagram.Length < MinLength || header < Ipv4Packet.MinHeaderLength || datagram.Length < header + 4)
        {
            end = default;
            return false;
        }

        end = new Ipv4Endpoint(Ipv4Address.Read(datagram[16..]), BinaryPrimitives.ReadUInt16BigEndian(datagram[(header + 2)..]));
        return true;
    }

    private bool Contains(int index) => index != 0 && Array.IndexOf(_indexes, index) >= 0;
}
