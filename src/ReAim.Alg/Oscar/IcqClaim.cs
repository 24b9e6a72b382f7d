using System.Buffers.Binary;
using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Oscar;

/// <summary>An ICQ client's word that it listens at an address and a port, in whichever message.</summary>
internal readonly ref struct IcqClaim
{
    private const int MinPort = 1024;

    private readonly SessionContext _context;
    private readonly Reason _addressRefusal;
    private readonly bool _namesSource;
    private readonly uint _port;

    /// <summary>Takes it up.</summary>
    /// <param name="context">The flow.</param>
    /// <param name="address">The address.</param>
    /// <param name="port">The port, as wide as it is written.</param>
    public IcqClaim(SessionContext context, Ipv4Address address, uint port)
    {
        (_context, _port) = (context, port);
        _addressRefusal = OwnOffer.CheckAddress(context, address, out _namesSource);
    }

    /// <summary>The stream offset of the first byte that may change.</summary>
    public required long First { get; init; }

    /// <summary>The stream offset after the message.</summary>
    public required long End { get; init; }

    /// <summary>The message's request id.</summary>
    public required uint RequestId { get; init; }

    /// <summary>True if everybody is told: then it is the listener, whatever was it before.</summary>
    public bool IsForAll { get; init; }

    /// <summary>The message's cookie.</summary>
    public ulong Cookie { get; init; }

    /// <summary>What the message is for.</summary>
    public ushort Capability { get; init; } = Oscar.Capability.IcqRelay;

    /// <summary>To whom it goes; nobody in particular if empty.</summary>
    public ReadOnlySpan<byte> Peer { get; init; }

    /// <summary>The edits that it may need.</summary>
    public int MostEdits { get; init; } = 3;

    /// <summary>True if it cannot be changed any more.</summary>
    public bool HasLeft => _context.HasLeft(First);

    /// <summary>Opens the listener's mapping, or finds it; a second port beside the listener's is an offer like any other.</summary>
    /// <returns><see cref="Reason.None"/>, or why there is none.</returns>
    public Reason TryOpen(out Offer? offer)
    {
        offer = null;
        Reason refusal = _addressRefusal != Reason.None ? _addressRefusal
            : _port is 0 ? Reason.NotListening
            : _port < MinPort ? Reason.PortPrivileged
            : _port > ushort.MaxValue ? Reason.Malformed
            : OwnOffer.Check(_context);
        if (refusal != Reason.None)
        {
            return refusal;
        }

        if (!_context.HasRoomForEdits(MostEdits))
        {
            return Reason.EditLimit;
        }

        Offer? listener = _context.Offers.FindListener(_context.Flow.Key);
        var request = new OfferRequest
        {
            Flow = _context.Flow,
            Port = (ushort)_port,
            SamePortOnly = HasLeft || !_namesSource || !_context.Options.RemapsIcqListeners,
            TellsInside = HasLeft && _namesSource,
            Cookie = Cookie,
            Capability = Capability,
            RequestId = RequestId,
            Peer = Peer,
            IsListener = IsForAll || listener is null || listener.Mapping.Lan.Port == _port,
        };
        return _context.Offers.TryOpen(request, _context.Now, out offer);
    }

    /// <summary>Writes the public address over the sender's own, if it can still be written.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="offset">Where it stands behind <see cref="First"/>.</param>
    /// <returns>How many edits were made.</returns>
    public int EditAddress(Offer offer, int offset)
    {
        if (HasLeft || !_namesSource)
        {
            return 0;
        }

        Span<byte> value = stackalloc byte[4];
        offer.Mapping.Public.Address.Write(value);
        _context.Edit(First + offset, value);
        return 1;
    }

    /// <summary>Writes the public port over the sender's own, of 32 bits, if they differ.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="offset">Where it stands behind <see cref="First"/>.</param>
    /// <param name="isBigEndian">How it is written.</param>
    /// <returns>How many edits were made.</returns>
    public int EditPort(Offer offer, int offset, bool isBigEndian)
    {
        if (HasLeft || offer.Mapping.KeepsPort)
        {
            return 0;
        }

        uint port = offer.Mapping.Public.Port;
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, isBigEndian ? port : BinaryPrimitives.ReverseEndianness(port));
        _context.Edit(First + offset, value);
        return 1;
    }

    /// <summary>Keeps the message waiting for its mapping.</summary>
    public void Finish(Offer offer, int edits) => OwnOffer.Await(_context, offer, First, End, edits);
}
