using System.Buffers.Binary;
using ReAim.Alg.Streams;

namespace ReAim.Alg.Oscar;

/// <summary>Looks at the beginning of a frame that is still coming: must it be collected, and where could it change?</summary>
internal static class AddressLocator
{
    /// <summary>False once it is certain that a SNAC's frame is of no interest in this direction.</summary>
    /// <param name="direction">The direction.</param>
    /// <param name="collected">What was collected of the frame's body; if empty, it begins with <paramref name="bytes"/>.</param>
    /// <param name="bytes">The bytes that come next.</param>
    /// <param name="length">The length the body will have.</param>
    public static bool MayMatter(Direction direction, ReadOnlySpan<byte> collected, ReadOnlySpan<byte> bytes, int length) =>
        MayMatter(direction, collected.IsEmpty ? bytes[..Math.Min(length, bytes.Length)] : collected);

    private static bool MayMatter(Direction direction, ReadOnlySpan<byte> body)
    {
        if (body.Length < 4)
        {
            return true;
        }

        uint kind = BinaryPrimitives.ReadUInt32BigEndian(body);
        bool matters = direction == Direction.Outbound
            ? kind is Snac.IcbmToServer or Snac.IcbmClientError or Snac.SetStatus
            : kind is Snac.IcbmToClient or Snac.IcbmClientError or Snac.IcbmError or Snac.LoginReply or Snac.ServiceRedirect or Snac.Migration;
        if (!matters || kind is not (Snac.IcbmToServer or Snac.IcbmToClient or Snac.IcbmClientError) || !Snac.TryParse(body, out Snac snac))
        {
            return matters;
        }

        // Plain IM, the bulk of all messages, ends here: its channel stands behind the cookie.
        int channel = snac.DataOffset + 8;
        return body.Length < channel + 2 || BinaryPrimitives.ReadUInt16BigEndian(body[channel..]) == Icbm.RendezvousChannel;
    }

    /// <summary>
    /// Where the first value that may be rewritten begins in a frame's body, if at least one byte of it is there; -1 if not,
    /// or if nothing of this message can be rewritten.
    /// </summary>
    /// <param name="context">The flow and its direction.</param>
    /// <param name="body">What there is of the frame's body.</param>
    /// <param name="length">The length the body will have.</param>
    public static int FirstEditable(SessionContext context, ReadOnlySpan<byte> body, int length)
    {
        bool outbound = context.Side.Direction == Direction.Outbound;
        if (!Snac.TryParse(body, out Snac snac))
        {
            return -1;
        }

        if (snac.Kind == Snac.SetStatus && outbound)
        {
            return FirstOfStatus(body, snac, length);
        }

        if (!Icbm.TryParse(body, snac, out Icbm icbm) || icbm.Channel != Icbm.RendezvousChannel)
        {
            return -1;
        }

        return snac.Kind switch
        {
            Snac.IcbmToServer when outbound => FirstOfMessage(context, body, icbm, length),
            Snac.IcbmToClient when !outbound && context.Offers.HasCookie(icbm.Cookie) => FirstOfMessage(context, body, icbm, length),
            Snac.IcbmClientError when outbound => IcqRules.FirstEditable(context, body, icbm),
            _ => -1,
        };
    }

    private static int FirstOfStatus(ReadOnlySpan<byte> body, Snac snac, int length)
    {
        var tlvs = new TlvReader(body, snac.DataOffset, length);
        while (tlvs.TryReadHeader(out ushort type, out int valueLength))
        {
            int offset = tlvs.Position + Tlv.HeaderLength;
            if (DirectInfo.Is(type, valueLength))
            {
                return offset < body.Length ? offset : -1;
            }

            if (!tlvs.TryRead(out _))
            {
                break;
            }
        }

        return -1;
    }

    private static int FirstOfMessage(SessionContext context, ReadOnlySpan<byte> body, Icbm icbm, int length)
    {
        var outer = new TlvReader(body, icbm.RestOffset, length);
        while (outer.TryReadHeader(out ushort type, out int blockLength))
        {
            int offset = outer.Position + Tlv.HeaderLength;
            if (type == RendezvousTlv.Block)
            {
                return Rendezvous.TryReadHeader(body[offset..], offset, blockLength, out Rendezvous rendezvous)
                    && rendezvous.Type == Rendezvous.Offer
                    && Capability.IsHelped(rendezvous.Capability)
                    ? FirstEditableTlv(context, body, rendezvous)
                    : -1;
            }

            if (!outer.TryRead(out _))
            {
                return -1;
            }
        }

        return -1;
    }

    private static int FirstEditableTlv(SessionContext context, ReadOnlySpan<byte> body, Rendezvous rendezvous)
    {
        var inner = new TlvReader(body, rendezvous.From, rendezvous.To);
        int first = -1;
        while (inner.TryReadHeader(out ushort type, out int length))
        {
            int offset = inner.Position + Tlv.HeaderLength;
            if (type == RendezvousTlv.UseProxy)
            {
                return -1;
            }

            if (first < 0 && offset < body.Length && RendezvousTlv.IsEditable(type, length, rendezvous.Capability, context.Side.Direction, context.Options))
            {
                first = offset;
            }

            if (!inner.TryRead(out _))
            {
                break;
            }
        }

        return first;
    }
}
