using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Oscar;

/// <summary>Where an ICQ client listens for direct connections: TLV 000C of a 0001/001E (PROTOCOL 4.1).</summary>
/// <remarks>
///  0         4      8      9
///  +---------+------+------+------------------------------------------------+
///  | address | port | type | version, cookie, web port, three times (28-30) |
///  +---------+------+------+------------------------------------------------+
/// </remarks>
internal readonly struct DirectInfo
{
    /// <summary>The TLV's type.</summary>
    public const ushort TlvType = 0x000C;

    /// <summary>Bytes of the value that every client writes; most write two more.</summary>
    public const int MinLength = 35;

    /// <summary>Where the port stands: 32 bits.</summary>
    public const int PortOffset = 4;

    private const int TypeOffset = 8;
    private const byte Off = 0;
    private const byte Web = 6;

    private DirectInfo(ReadOnlySpan<byte> value)
    {
        Address = Ipv4Address.Read(value);
        Port = BinaryPrimitives.ReadUInt32BigEndian(value[PortOffset..]);
        Listens = value[TypeOffset] is not (Off or Web) && Port != 0 && !Address.IsZero;
    }

    /// <summary>The client's own address.</summary>
    public Ipv4Address Address { get; }

    /// <summary>The port, as wide as it is written.</summary>
    public uint Port { get; }

    /// <summary>False if the client takes no direct connections.</summary>
    public bool Listens { get; }

    /// <summary>True for a TLV that holds it.</summary>
    public static bool Is(ushort type, int length) => type == TlvType && length >= MinLength;

    /// <summary>Finds the one there is in a 0001/001E.</summary>
    /// <param name="body">A frame's whole body.</param>
    /// <param name="snac">Its SNAC.</param>
    /// <param name="info">What it says.</param>
    /// <param name="offset">Where its value stands in the body; -1 if there is none.</param>
    /// <returns>False if the TLVs are malformed, or if there are two.</returns>
    public static bool TryFind(ReadOnlySpan<byte> body, Snac snac, out DirectInfo info, out int offset)
    {
        (info, offset) = (default, -1);
        var tlvs = new TlvReader(body, snac.DataOffset, body.Length);
        while (tlvs.TryRead(out Tlv tlv))
        {
            if (!Is(tlv.Type, tlv.Value.Length))
            {
                continue;
            }

            if (offset >= 0)
            {
                return false;
            }

            (info, offset) = (new DirectInfo(tlv.Value), tlv.Offset);
        }

        return tlvs.IsAtEnd;
    }
}
