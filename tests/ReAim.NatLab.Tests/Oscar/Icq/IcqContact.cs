using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Oscar.Icq;

/// <summary>Where another ICQ client listens, as its TLV 000C said.</summary>
internal sealed record IcqContact(Ipv4Address Address, ushort Port, uint Cookie)
{
    public static IcqContact? Parse(byte[]? info) => info is { Length: >= 35 } && info[8] is not (0 or 6)
        ? new IcqContact(Ipv4Address.Read(info), (ushort)BinaryPrimitives.ReadUInt32BigEndian(info.AsSpan(4)), BinaryPrimitives.ReadUInt32BigEndian(info.AsSpan(11)))
        : null;
}
