using System.Buffers.Binary;

namespace ReAim.Alg.Oscar;

/// <summary>The rendezvous block of a channel-2 message (PROTOCOL 2.3).</summary>
/// <remarks>
///  0      2        10           26
///  +------+--------+------------+------
///  | type | cookie | capability | TLVs
///  +------+--------+------------+------
/// </remarks>
public readonly struct Rendezvous
{
    /// <summary>Bytes before the TLVs.</summary>
    public const int HeaderLength = 26;

    /// <summary>Type: a proposal, first or counter.</summary>
    public const ushort Offer = 0;

    /// <summary>Type: the rendezvous is cancelled.</summary>
    public const ushort Cancel = 1;

    /// <summary>Type: the rendezvous is accepted.</summary>
    public const ushort Accept = 2;

    private const int CapabilityOffset = 10;

    private Rendezvous(ushort type, ushort capability, int from, int to)
    {
        Type = type;
        Capability = capability;
        From = from;
        To = to;
    }

    /// <summary>Offer, cancel or accept.</summary>
    public ushort Type { get; }

    /// <summary>What it is for, as <see cref="Oscar.Capability.Read"/> says.</summary>
    public ushort Capability { get; }

    /// <summary>Where in the frame's body the inner TLVs begin.</summary>
    public int From { get; }

    /// <summary>Where they end.</summary>
    public int To { get; }

    /// <summary>Finds the one block among the outer TLVs, which must be whole.</summary>
    /// <param name="body">A frame's whole body.</param>
    /// <param name="outer">Where the outer TLVs begin.</param>
    /// <param name="rendezvous">The block.</param>
    /// <returns>False if there is none, or two, or a TLV overruns.</returns>
    public static bool TryFind(ReadOnlySpan<byte> body, int outer, out Rendezvous rendezvous)
    {
        rendezvous = default;
        var tlvs = new TlvReader(body, outer, body.Length);
        bool found = false;
        while (tlvs.TryRead(out Tlv tlv))
        {
            if (tlv.Type == RendezvousTlv.Block && (found || !TryReadHeader(tlv.Value, tlv.Offset, tlv.Value.Length, out rendezvous)))
            {
                return false;
            }

            found |= tlv.Type == RendezvousTlv.Block;
        }

        return found && tlvs.IsAtEnd;
    }

    /// <summary>Reads the block's header.</summary>
    /// <param name="block">The block, or as much of it as there is.</param>
    /// <param name="offset">Where it begins in the frame's body.</param>
    /// <param name="length">The whole block's length.</param>
    /// <param name="rendezvous">The block.</param>
    /// <returns>False if the header is not whole.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> block, int offset, int length, out Rendezvous rendezvous)
    {
        rendezvous = default;
        if (block.Length < HeaderLength)
        {
            return false;
        }

        rendezvous = new Rendezvous(
            BinaryPrimitives.ReadUInt16BigEndian(block),
            Oscar.Capability.Read(block.Slice(CapabilityOffset, Oscar.Capability.Length)),
            offset + HeaderLength,
            offset + length);
        return true;
    }
}
