using System.Buffers.Binary;
using ReAim.Alg;
using ReAim.Alg.Oscar;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>Reads the rendezvous block of a message, and all of its TLVs that say where to connect (PROTOCOL 2.3, 2.4).</summary>
internal static class RendezvousReader
{
    private const ushort CancelReason = 0x000B;
    private const ushort Invitation = 0x000C;
    private const ushort ServiceData = 0x2711;
    private const ushort LongFileSize = 0x2713;
    private const int TypeLength = 2;
    private const int CookieLength = 8;

    /// <summary>Reads a message of channel 2.</summary>
    /// <param name="conversation">The connection.</param>
    /// <param name="step">The line it will be on.</param>
    /// <param name="body">The frame's body.</param>
    /// <param name="icbm">Its head.</param>
    /// <param name="wrong">What is wrong if nothing can be read.</param>
    /// <returns>Null if there is no block; if only its TLVs are wrong, those before the wrong one are read.</returns>
    public static RendezvousMessage? Read(Conversation conversation, Step step, ReadOnlySpan<byte> body, Icbm icbm, out string wrong)
    {
        wrong = "";
        if (!Rendezvous.TryFind(body, icbm.RestOffset, out Rendezvous block))
        {
            wrong = "a rendezvous message without one whole rendezvous block";
            return null;
        }

        int start = block.From - Rendezvous.HeaderLength;
        var message = new RendezvousMessage
        {
            Time = step.Time,
            Conversation = conversation,
            FromClient = step.FromClient,
            Kind = RendezvousKind.Other,
            Type = block.Type,
            Cookie = icbm.Cookie,
            Peer = NetworkText.Read(icbm.Name),
            Capability = block.Capability,
            CapabilityId = new Guid(body.Slice(start + TypeLength + CookieLength, Capability.Length), bigEndian: true),
        };
        var tlvs = new TlvReader(body, block.From, block.To);
        while (tlvs.TryRead(out Tlv tlv))
        {
            message = Take(message, tlv, conversation.Context.ShowsText);
        }

        return message with
        {
            Kind = KindOf(message),
            Reason = tlvs.IsAtEnd ? message.Reason : Reason.Malformed,
        };
    }

    private static RendezvousKind KindOf(RendezvousMessage message) => message.Type switch
    {
        Rendezvous.Offer => message.UsesProxy ? RendezvousKind.ProxyOffer
            : message.RequestNumber is > 1 ? RendezvousKind.CounterOffer
            : RendezvousKind.Offer,
        Rendezvous.Cancel => RendezvousKind.Cancel,
        Rendezvous.Accept => RendezvousKind.Accept,
        _ => RendezvousKind.Other,
    };

    private static RendezvousMessage Take(RendezvousMessage message, Tlv tlv, bool showsText)
    {
        ReadOnlySpan<byte> value = tlv.Value;
        switch (tlv.Type)
        {
            case RendezvousTlv.RendezvousAddress when value.Length == 4:
                return message with { RendezvousAddress = Ipv4Address.Read(value) };
            case RendezvousTlv.ProposerAddress when value.Length == 4:
                return message with { ProposerAddress = Ipv4Address.Read(value) };
            case RendezvousTlv.VerifiedAddress when value.Length == 4:
                return message with { VerifiedAddress = Ipv4Address.Read(value) };
            case RendezvousTlv.AddressCheck when value.Length == 4:
                return message with { AddressCheck = Ipv4Address.Read(value) };
            case RendezvousTlv.Port when value.Length == 2:
                return message with { Port = tlv.Number };
            case RendezvousTlv.PortCheck when value.Length == 2:
                return message with { PortCheck = tlv.Number };
            case RendezvousTlv.RequestNumber when value.Length == 2:
                return message with { RequestNumber = tlv.Number };
            case RendezvousTlv.MimeTypeOrPortCheck:
                return value.Length == 2 ? message with { MimeTypeOrPortCheck = tlv.Number } : message;
            case RendezvousTlv.UseProxy:
                return message with { UsesProxy = true };
            case CancelReason when value.Length == 2:
                return message with { EndReason = tlv.Number };
            case RendezvousTlv.RendezvousAddress or RendezvousTlv.ProposerAddress or RendezvousTlv.VerifiedAddress or RendezvousTlv.AddressCheck
                or RendezvousTlv.Port or RendezvousTlv.PortCheck or RendezvousTlv.RequestNumber:
                return message with { Reason = Reason.Malformed };
            case Invitation:
                string text = NetworkText.Read(value, characterSet: 0);
                return message with { Invitation = new MessageText(text.Length, showsText ? text : null) };
            case ServiceData when message.Capability == Capability.SendFile && message.Type == Rendezvous.Offer:
                return TakeFile(message, value);
            case LongFileSize when value.Length == 8:
                return message with { FileSize = (long)Math.Min(long.MaxValue, BinaryPrimitives.ReadUInt64BigEndian(value)) };
            default:
                return message;
        }
    }

    /// <summary>Of a file: 1 or 2 (several), u16 how many, u32 bytes in all, and the name (LP oft.c, JO FileSendReqRvCmd).</summary>
    private static RendezvousMessage TakeFile(RendezvousMessage message, ReadOnlySpan<byte> value) => value.Length < 8 ? message : message with
    {
        FileCount = BinaryPrimitives.ReadUInt16BigEndian(value[2..]),
        FileSize = message.FileSize ?? BinaryPrimitives.ReadUInt32BigEndian(value[4..]),
        FileName = NetworkText.Read(value[8..]),
    };
}
