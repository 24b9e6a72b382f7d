using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Oscar;

/// <summary>The service data of a reverse connect, capability 1344: connect to me there (PROTOCOL 4.4).</summary>
/// <remarks>
///  0           4         8           12     13      17                     21             23
///  +-----------+---------+-----------+------+-------+----------------------+--------------+-------------+
///  | number LE | address | port LE32 | type | u32   | port, BE32 or LE32   | version LE16 | cookie LE32 |
///  +-----------+---------+-----------+------+-------+----------------------+--------------+-------------+
/// </remarks>
internal static class IcqReverseConnect
{
    /// <summary>Length of the whole.</summary>
    public const int Length = 27;

    /// <summary>Where the address stands.</summary>
    public const int AddressOffset = 4;

    /// <summary>Where the port stands.</summary>
    public const int PortOffset = 8;

    /// <summary>Where the port stands once more: Miranda writes it big-endian, climm little-endian.</summary>
    public const int SecondPortOffset = 17;

    /// <summary>The address.</summary>
    public static Ipv4Address Address(ReadOnlySpan<byte> data) => Ipv4Address.Read(data[AddressOffset..]);

    /// <summary>The port, as wide as it is written.</summary>
    public static uint Port(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadUInt32LittleEndian(data[PortOffset..]);

    /// <summary>True if it names its port a second time.</summary>
    /// <param name="data">The service data.</param>
    /// <param name="port">The port.</param>
    /// <param name="isBigEndian">How that is written.</param>
    public static bool NamesPortAgain(ReadOnlySpan<byte> data, uint port, out bool isBigEndian)
    {
        ReadOnlySpan<byte> second = data[SecondPortOffset..];
        isBigEndian = BinaryPrimitives.ReadUInt32LittleEndian(second) != port;
        return !isBigEndian || BinaryPrimitives.ReadUInt32BigEndian(second) == port;
    }
}
