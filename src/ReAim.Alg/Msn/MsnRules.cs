using System.Buffers.Binary;
using ReAim.Alg.Streams;
using ReAim.Alg.Text;

namespace ReAim.Alg.Msn;

/// <summary>What becomes of a message (PROTOCOL-MSN 4).</summary>
internal static class MsnRules
{
    private const ulong SessionKey = 1UL << 63;
    private const ulong InvitationKey = 1UL << 62;

    /// <summary>True if a command whose line is whole, but not its payload, may have to be read as a whole.</summary>
    public static bool MayMatter(ReadOnlySpan<byte> command, int lineLength)
    {
        if (!MsnCommand.Is(command, "MSG"u8))
        {
            return false;
        }

        MsnMessage message = MsnMessage.Read(command, lineLength);
        return message.Content switch
        {
            MsnContent.Unknown or MsnContent.Invitation => true,
            MsnContent.PeerToPeer => !PeerToPeerHeader.IsData(command[message.Body..]),
            _ => false,
        };
    }

    /// <summary>Where in a server's command that is not whole yet the first byte stands that may change; -1 if none is there.</summary>
    public static int FirstEditableOfAnswer(MsnSession session, ReadOnlySpan<byte> command, int lineLength)
    {
        if (!session.ExpectsEdits || lineLength == 0)
        {
            return -1;
        }

        MsnMessage message = MsnMessage.Read(command, lineLength);
        int first = message.Body + PeerToPeerHeader.TotalSizeOffset;
        return message.Content == MsnContent.PeerToPeer && command.Length > first ? first : -1;
    }

    /// <summary>Takes a whole message.</summary>
    /// <param name="session">Its connection.</param>
    /// <param name="context">The flow and its direction.</param>
    /// <param name="command">The line and the payload, which is missing if it is too long to matter.</param>
    /// <param name="lineLength">Bytes of the line.</param>
    /// <param name="offset">The stream offset of its first byte.</param>
    public static void Take(MsnSession session, SessionContext context, ReadOnlySpan<byte> command, int lineLength, long offset)
    {
        MsnMessage message = MsnMessage.Read(command, lineLength);
        if (message.Content is not (MsnContent.Invitation or MsnContent.PeerToPeer))
        {
            return;
        }

        var announcement = new Announcement(context, stackalloc Place[Announcement.Capacity]);
        var own = new OwnMessage(session, context, command, lineLength, offset);
        if (message.Content == MsnContent.Invitation)
        {
            TakeInvitation(own, message, ref announcement);
        }
        else
        {
            TakePeerToPeer(own, message, ref announcement);
        }
    }

    private static void TakeInvitation(OwnMessage own, MsnMessage message, ref Announcement announcement)
    {
        Invitation invitation = Invitation.Read(own.Command, message.Body, ref announcement);
        bool hasCookie = !invitation.Cookie.IsEmpty;
        if (invitation.Does("CANCEL"u8) && hasCookie)
        {
            Cancel(own.Context, KeyOf(invitation));
        }
        else if (invitation.Does("ACCEPT"u8) && hasCookie && announcement.HasAddress)
        {
            own.Take(announcement, MsnOfferKind.File, KeyOf(invitation), own.Session.Participant);
        }
        else if (announcement.HasAddress)
        {
            // Another command, or for nobody knows which invitation.
            bool isOwn = own.Context.Side.Direction == Direction.Outbound;
            own.Context.Judge(!isOwn ? Reason.OfferFromOutside : hasCookie ? Reason.OtherCapability : Reason.Malformed);
        }
    }

    private static void TakePeerToPeer(OwnMessage own, MsnMessage message, ref Announcement announcement)
    {
        ReadOnlySpan<byte> body = own.Command[message.Body..];
        int text = PeerToPeerHeader.Length;
        own.Header = message.Body;
        if (!PeerToPeerHeader.TryRead(body, out PeerToPeerHeader header))
        {
            own.Header = -1;
            if (!PeerToPeerHeader.TryReadSecond(body, out text))
            {
                return;
            }
        }

        if (header.IsAcknowledgement)
        {
            RestoreSize(own, header);
            return;
        }

        if (!SlpMessage.TryRead(own.Command, message.Body + text, ref announcement, out SlpMessage slp))
        {
            return;
        }

        if (slp.IsBye)
        {
            Cancel(own.Context, KeyOf(slp.CallId, SessionKey));
        }
        else if (slp.IsTransport && (slp.IsListening || announcement.HasAddress))
        {
            own.Identifier = header.Identifier;
            own.ContentLength = slp.ContentLength;
            own.IsSlp = true;
            own.IsListening = slp.IsListening;
            own.Take(announcement, MsnOfferKind.Transport, KeyOf(slp.CallId, SessionKey), message.Destination.IsEmpty ? own.Session.Participant : message.Destination);
        }
    }

    /// <summary>A message whose size was changed is acknowledged: its sender knows it by the size it had.</summary>
    private static void RestoreSize(OwnMessage own, PeerToPeerHeader header)
    {
        SessionContext context = own.Context;
        if (context.Side.Direction == Direction.Outbound
            || own.Session.SentSizes is not { } sizes
            || !sizes.TryTake(header.AcknowledgedIdentifier, header.AcknowledgedSize, out uint sent))
        {
            return;
        }

        long first = own.Offset + own.Header + PeerToPeerHeader.TotalSizeOffset;
        if (context.HasLeft(first) || !context.HasRoomForEdits(2))
        {
            context.Reasons.Count(context.HasLeft(first) ? Reason.OfferLate : Reason.EditLimit);
            return;
        }

        Span<byte> size = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(size, sent);
        if (header.TotalSize == header.AcknowledgedSize)
        {
            context.Edit(first, size);
        }

        context.Edit(own.Offset + own.Header + PeerToPeerHeader.AcknowledgedSizeOffset, size);
    }

    private static void Cancel(SessionContext context, ulong cookie)
    {
        if (context.Offers.Find(context.Flow.Key, cookie) is { } offer)
        {
            context.Offers.Close(offer, Reason.Cancelled, context.Now);
        }
    }

    /// <summary>An invitation's cookie: the number that it mostly is.</summary>
    private static ulong KeyOf(Invitation invitation) =>
        TextNumber.TryRead(invitation.Cookie, out uint number) ? number : KeyOf(invitation.Cookie, InvitationKey);

    /// <summary>The name of a session or an invitation as a cookie (FNV-1a), apart from numbers and from names of the other kind.</summary>
    private static ulong KeyOf(ReadOnlySpan<byte> name, ulong kind)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte letter in name)
        {
            hash = (hash ^ letter) * 0x100000001B3;
        }

        return (hash & ~(SessionKey | InvitationKey)) | kind;
    }
}
