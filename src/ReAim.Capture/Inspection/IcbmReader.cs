using System.Buffers.Binary;
using System.Globalization;
using ReAim.Alg;
using ReAim.Alg.Oscar;

namespace ReAim.Capture.Inspection;

/// <summary>Reads messages between clients: texts, rendezvous, and what a client answers by itself.</summary>
internal static class IcbmReader
{
    private const ushort TextChannel = 1;
    private const ushort MessageTlv = 0x0002;
    private const ushort TextFragment = 0x0101;
    private const ushort ClientErrorReason = 3;

    /// <summary>Reads a 0004/0006 or 0004/0007.</summary>
    public static Step TakeMessage(Conversation conversation, Step step, ReadOnlySpan<byte> body, Snac snac)
    {
        if (!Icbm.TryParse(body, snac, out Icbm icbm))
        {
            return step with { Kind = StepKind.Malformed, Reason = Reason.Malformed, Detail = "a message whose head is not whole" };
        }

        string peer = NetworkText.Read(icbm.Name);
        string who = snac.Kind == Snac.IcbmToServer ? $"to {peer}" : $"from {peer}";
        switch (icbm.Channel)
        {
            case Icbm.RendezvousChannel:
                RendezvousMessage? message = RendezvousReader.Read(conversation, step, body, icbm, out string wrong);
                return message is null
                    ? step with { Kind = StepKind.Malformed, Reason = Reason.Malformed, Detail = $"{who}: {wrong}" }
                    : step with { Rendezvous = message, Detail = who };
            case TextChannel:
                return step with { Detail = who, Text = ReadText(body, icbm.RestOffset, conversation.Context.ShowsText) };
            default:
                return step with { Detail = string.Create(CultureInfo.InvariantCulture, $"{who}, channel {icbm.Channel}") };
        }
    }

    /// <summary>Reads a 0004/000B.</summary>
    public static Step TakeClientReply(Conversation conversation, Step step, ReadOnlySpan<byte> body, Snac snac)
    {
        if (!Icbm.TryParse(body, snac, out Icbm icbm))
        {
            return step with { Kind = StepKind.Malformed, Reason = Reason.Malformed, Detail = "a reply whose head is not whole" };
        }

        string peer = NetworkText.Read(icbm.Name);
        string who = step.FromClient ? $"to {peer}" : $"from {peer}";
        ReadOnlySpan<byte> rest = body[icbm.RestOffset..];
        bool isDecline = icbm.Channel == Icbm.RendezvousChannel
            && rest.Length >= 6
            && BinaryPrimitives.ReadUInt16BigEndian(rest) == ClientErrorReason
            && BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) == 2;
        return !isDecline ? step with { Detail = who } : step with
        {
            Detail = who,
            Rendezvous = new RendezvousMessage
            {
                Time = step.Time,
                Conversation = conversation,
                FromClient = step.FromClient,
                Kind = RendezvousKind.Decline,
                Type = ClientErrorReason,
                Cookie = icbm.Cookie,
                Peer = peer,
                EndReason = BinaryPrimitives.ReadUInt16BigEndian(rest[4..]),
            },
        };
    }

    /// <summary>The text of an IM: fragments of TLV 0002, those with id 01 (LP family_icbm.c).</summary>
    private static MessageText? ReadText(ReadOnlySpan<byte> body, int from, bool shows)
    {
        var tlvs = new TlvReader(body, from, body.Length);
        string? text = null;
        while (tlvs.TryRead(out Tlv tlv))
        {
            if (tlv.Type != MessageTlv)
            {
                continue;
            }

            // A fragment looks like a TLV: an id and a version, then the length.
            var fragments = new TlvReader(tlv.Value, 0, tlv.Value.Length);
            while (fragments.TryRead(out Tlv fragment))
            {
                if (fragment.Type == TextFragment && fragment.Value.Length >= 4)
                {
                    text += NetworkText.Read(fragment.Value[4..], BinaryPrimitives.ReadUInt16BigEndian(fragment.Value));
                }
            }
        }

        return text is null ? null : new MessageText(text.Length, shows ? text : null);
    }
}
