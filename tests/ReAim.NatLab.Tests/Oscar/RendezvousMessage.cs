using System.Buffers.Binary;
using System.Text;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>The rendezvous block, TLV 0005 of a message on channel 2.</summary>
internal sealed record RendezvousMessage(ushort Type, ulong Cookie, ushort Capability, TlvList Tlvs)
{
    public const ushort Propose = 0;
    public const ushort Cancel = 1;
    public const ushort Accept = 2;

    /// <summary>000A: 1 is a first offer, 2 and more are counter-offers.</summary>
    public ushort RequestNumber => Tlvs.U16(0x000A) ?? 0;

    /// <summary>0005: where the sender listens; with <see cref="UsesProxy"/> the proxy's PIN.</summary>
    public ushort Port => Tlvs.U16(0x0005) ?? 0;

    public Ipv4Address? Rendezvous => AddressOf(0x0002);

    public Ipv4Address? Internal => AddressOf(0x0003);

    public Ipv4Address? Verified => AddressOf(0x0004);

    public bool UsesProxy => Tlvs.Has(0x0010);

    /// <summary>2711 of a file: one file, its size, its name with a zero byte.</summary>
    public string? FileName => Tlvs.First(0x2711) is { Length: > 8 } data ? Encoding.ASCII.GetString(data.AsSpan(8)).TrimEnd('\0') : null;

    public int FileSize => Tlvs.First(0x2711) is { Length: > 8 } data ? BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(4)) : 0;

    public static RendezvousMessage? Parse(byte[]? block)
    {
        return block is not { Length: >= 26 }
            ? null
            : new RendezvousMessage(
                BinaryPrimitives.ReadUInt16BigEndian(block),
                BinaryPrimitives.ReadUInt64BigEndian(block.AsSpan(2)),
                BinaryPrimitives.ReadUInt16BigEndian(block.AsSpan(12)),
                TlvList.Parse(block.AsSpan(26)));
    }

    public byte[] ToBytes() => Join(U16(Type), U64(Cookie), Uuid(Capability), Tlvs.ToBytes());

    private Ipv4Address? AddressOf(ushort type) => Tlvs.First(type) is { Length: 4 } value ? Ipv4Address.Read(value) : null;
}
