using System.Buffers.Binary;
using ReAim.Alg.Streams;
using ReAim.Alg.Text;
using ReAim.Alg.Translation;

namespace ReAim.Alg.Msn;

/// <summary>A message by which a client says where it listens, and what becomes of it (PROTOCOL-MSN 4).</summary>
internal ref struct OwnMessage(MsnSession session, SessionContext context, ReadOnlySpan<byte> command, int lineLength, long offset)
{
    private const int MinPort = 1024;

    /// <summary>Bytes of the longest payload that servers pass on.</summary>
    private const int LongestPayload = 1_664;

    /// <summary>Changes of the two lengths; as many sizes stand in a header.</summary>
    private const int Lengths = 2;

    /// <summary>Its connection.</summary>
    public MsnSession Session { get; } = session;

    /// <summary>The flow and its direction.</summary>
    public SessionContext Context { get; } = context;

    /// <summary>The line and the payload.</summary>
    public ReadOnlySpan<byte> Command { get; } = command;

    /// <summary>The stream offset of its first byte.</summary>
    public long Offset { get; } = offset;

    /// <summary>Where the peer-to-peer header stands that has sizes to change; -1 if none does.</summary>
    public int Header { get; set; } = -1;

    /// <summary>The number in that header.</summary>
    public uint Identifier { get; set; }

    /// <summary>True if it is a talk about sessions.</summary>
    public bool IsSlp { get; set; }

    /// <summary>True if its sender listens.</summary>
    public bool IsListening { get; set; } = true;

    /// <summary>Where the talk's second length stands.</summary>
    public Range ContentLength { get; set; }

    private readonly bool IsLengthFixed => IsSlp && Header < 0;

    /// <summary>Judges the message, and gives it its mapping.</summary>
    /// <param name="announcement">What it says of addresses and ports.</param>
    /// <param name="kind">What it offers.</param>
    /// <param name="cookie">What it is about.</param>
    /// <param name="peer">For whom it is.</param>
    public readonly void Take(Announcement announcement, MsnOfferKind kind, ulong cookie, ReadOnlySpan<byte> peer)
    {
        Reason reason = Context.Side.Direction == Direction.Inbound ? Reason.OfferFromOutside
            : !IsListening ? Reason.NotListening
            : TryOpen(announcement, kind, cookie, peer);
        Context.Judge(reason);
    }

    private readonly Reason TryOpen(Announcement announcement, MsnOfferKind kind, ulong cookie, ReadOnlySpan<byte> peer)
    {
        Reason refusal = Check(announcement);
        if (refusal != Reason.None)
        {
            return refusal;
        }

        Range length = Words.Find(Command[..lineLength], 3);
        long first = Offset + length.Start.Value;
        uint port = announcement.Port!.Value;
        bool late = Context.HasLeft(first);
        bool isLong = MayBecomeTooLong(announcement, port);
        var request = new OfferRequest
        {
            Flow = Context.Flow,
            Port = (ushort)port,
            SamePortOnly = late || isLong || IsLengthFixed || !announcement.NamesSource,
            TellsInside = (late || isLong) && announcement.NamesSource,
            Cookie = cookie,
            Capability = (ushort)kind,
            RequestId = 0,
            Peer = peer,
        };
        refusal = Context.Offers.TryOpen(request, Context.Now, out Offer? offer);
        if (offer is null)
        {
            return refusal;
        }

        Reason reason = isLong ? Reason.MessageTooLong : Reason.None;
        int edits = 0;
        if (!late && !isLong)
        {
            var changes = new MessageChanges(stackalloc TextChange[MessageChanges.Capacity], stackalloc byte[MessageChanges.Capacity * Place.MaxLength]);
            foreach (Place place in announcement.Places)
            {
                if (announcement.Changes(place, port))
                {
                    changes.Add(Command, place, offer.Mapping);
                }
            }

            if (IsLengthFixed && changes.Growth != 0)
            {
                reason = Reason.LengthFixed;
            }
            else if (changes.ChangeLengths && !Context.TryGuard())
            {
                Context.Refuse(offer, Reason.NotGuarded);
                return Reason.None;
            }
            else
            {
                edits = changes.Count;
                Apply(changes, length);
            }
        }

        OwnOffer.Await(Context, offer, first, Offset + Command.Length, edits);
        return reason;
    }

    private readonly Reason Check(Announcement announcement)
    {
        Context.Foreign = announcement.Foreign;
        Reason refusal = !announcement.HasAddress ? Reason.AddressMissing
            : announcement.NamesNobody ? Reason.NotListening
            : !announcement.NamesListener ? Reason.AddressForeign
            : announcement.IsFull ? Reason.Malformed
            : announcement.Port switch
            {
                null => Reason.PortMissing,
                0 => Reason.NotListening,
                < MinPort => Reason.PortPrivileged,
                _ => OwnOffer.Check(Context),
            };
        return refusal != Reason.None ? refusal
            : Context.HasRoomForSplices(announcement.Places.Length + Lengths)
                && Context.HasRoomForEdits(TextChange.MostEdits(announcement.Places.Length, Place.MaxLength) + (2 * Lengths)) ? Reason.None
            : Reason.EditLimit;
    }

    /// <summary>Whatever address and port it gets: the places may become as long as they can.</summary>
    private readonly bool MayBecomeTooLong(Announcement announcement, uint port)
    {
        int growth = 1;
        foreach (Place place in announcement.Places)
        {
            if (announcement.Changes(place, port))
            {
                growth += (place.Kind switch { PlaceKind.Address => TextAddress.MaxLength, PlaceKind.End => Place.MaxLength, _ => Place.MaxPortLength }) - place.Length;
            }
        }

        int length = Command.Length - lineLength + growth;
        return length > LongestPayload || (IsSlp && !IsLengthFixed && TextLength + growth > PeerToPeerHeader.LargestPiece);
    }

    private readonly int TextLength => Command.Length - Header - PeerToPeerHeader.Length - PeerToPeerHeader.FooterLength;

    /// <summary>Writes the lengths, then the places. A second length's own digits count in the first.</summary>
    private readonly void Apply(MessageChanges changes, Range length)
    {
        if (changes.Count == 0)
        {
            return;
        }

        int growth = changes.Growth;
        uint contentLength = 0;
        if (growth != 0 && TextNumber.TryRead(Command[ContentLength], out uint before) && before + growth > 0)
        {
            contentLength = (uint)(before + growth);
            growth += TextNumber.Length(contentLength) - Length(ContentLength);
        }

        if (growth != 0 && TextNumber.TryRead(Command[length], out uint payload))
        {
            WriteNumber(length, (uint)(payload + growth));
            WriteSizes(growth);
        }

        if (contentLength > 0)
        {
            WriteNumber(ContentLength, contentLength);
        }

        changes.Apply(Context, Command, Offset);
    }

    private static int Length(Range place) => place.End.Value - place.Start.Value;

    private readonly void WriteNumber(Range place, uint number)
    {
        Span<byte> digits = stackalloc byte[TextNumber.MostDigits];
        ReadOnlySpan<byte> text = TextNumber.Write(number, digits);
        if (!Command[place].SequenceEqual(text))
        {
            TextChange.Apply(Context, Command, Offset, [new TextChange(place.Start.Value, Length(place), 0, text.Length)], text);
        }
    }

    private readonly void WriteSizes(int growth)
    {
        if (Header < 0)
        {
            return;
        }

        uint sent = (uint)TextLength;
        uint received = (uint)(sent + growth);
        Span<byte> size = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(size, received);
        Context.Edit(Offset + Header + PeerToPeerHeader.TotalSizeOffset, size);
        Context.Edit(Offset + Header + PeerToPeerHeader.PieceSizeOffset, size);
        (Session.SentSizes ??= new SentSizes()).Add(Identifier, sent, received);
    }
}
