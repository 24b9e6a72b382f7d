using ReAim.Alg.Streams;
using ReAim.Alg.Text;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Msn;

/// <summary>
/// Where a client says it listens: the addresses and ports of a message's fields, as far as they concern the gateway
/// (PROTOCOL-MSN 4).
/// </summary>
/// <param name="context">The flow.</param>
/// <param name="room">Room for <see cref="Capacity"/> places.</param>
internal ref struct Announcement(SessionContext context, Span<Place> room)
{
    /// <summary>Places that one message may have.</summary>
    public const int Capacity = 16;

    private readonly Span<Place> _places = room;
    private readonly Ipv4Address _own = context.Flow.Host;
    private readonly Ipv4Address _public = context.Flow.PublicAddress;
    private int _count;
    private GroupFacts _internal;
    private GroupFacts _external;

    /// <summary>The places that concern the gateway, in the order in which they stand.</summary>
    public readonly ReadOnlySpan<Place> Places => _places[.._count];

    /// <summary>True if there were more than one message has.</summary>
    public bool IsFull { get; private set; }

    /// <summary>True if anything was said of an address.</summary>
    public readonly bool HasAddress => _internal.HasAddress || _external.HasAddress;

    /// <summary>True if an address is the client's own, so that there is something to rewrite.</summary>
    public readonly bool NamesSource => _internal.IsOwn || _external.IsOwn;

    /// <summary>The port of the listener; null if none belongs to an address of the client's or the gateway's.</summary>
    public readonly uint? Port =>
        _internal.IsOwn && PortOf(_internal) is { } port ? port
        : _external.IsOwn && _external.Port is { } external ? external
        : _external.IsPublic && _external.Port is { } mapped ? mapped
        : _internal.IsPublic ? PortOf(_internal)
        : null;

    /// <summary>True if an address is the client's own or the gateway's.</summary>
    public readonly bool NamesListener => NamesSource || _internal.IsPublic || _external.IsPublic;

    /// <summary>The first address that is neither; 0.0.0.0 if there is none.</summary>
    public Ipv4Address Foreign { get; private set; }

    /// <summary>True if every address is 0.0.0.0.</summary>
    public readonly bool NamesNobody => HasAddress && !_internal.NamesSomebody && !_external.NamesSomebody;

    /// <summary>Takes a field's value.</summary>
    /// <param name="message">All of the message.</param>
    /// <param name="value">Where the value stands.</param>
    /// <param name="kind">What it has.</param>
    /// <param name="group">Of which end.</param>
    /// <param name="isReversed">True if its letters stand in reverse order.</param>
    public void Take(ReadOnlySpan<byte> message, Range value, PlaceKind kind, PlaceGroup group, bool isReversed)
    {
        (int start, int end) = (value.Start.Value, value.End.Value);
        while (start < end)
        {
            int blank = message[start..end].IndexOf((byte)' ');
            int length = blank < 0 ? end - start : blank;
            if (length is > 0 and <= Place.MaxLength)
            {
                TakeOne(message.Slice(start, length), start, kind, group, isReversed);
            }

            start += length + 1;
        }
    }

    /// <summary>True if a place changes when the listener gets its public end.</summary>
    public readonly bool Changes(in Place place, uint port) => place.Kind switch
    {
        PlaceKind.Address => OwnOffer.IsOwn(place.Address, _own),
        PlaceKind.End => place.Port == port,
        _ => place.Port == port && Facts(place.Group).MayBeListener,
    };

    private readonly GroupFacts Facts(PlaceGroup group) => group == PlaceGroup.Internal ? _internal : _external;

    /// <summary>An inside address without a port of its own shares the outside one's.</summary>
    private readonly uint? PortOf(in GroupFacts facts) => facts.Port ?? _external.Port;

    private void TakeOne(ReadOnlySpan<byte> text, int start, PlaceKind kind, PlaceGroup group, bool isReversed)
    {
        Span<byte> letters = stackalloc byte[Place.MaxLength];
        letters = letters[..text.Length];
        text.CopyTo(letters);
        if (isReversed)
        {
            letters.Reverse();
        }

        Ipv4Address address = default;
        uint port = 0;
        int colon = letters.IndexOf((byte)':');
        bool isRead = kind switch
        {
            PlaceKind.Address => TextAddress.TryRead(letters, out address),
            PlaceKind.End => colon > 0 && TextAddress.TryRead(letters[..colon], out address) && TryReadPort(letters[(colon + 1)..], out port),
            _ => TryReadPort(letters, out port),
        };
        if (!isRead)
        {
            return;
        }

        if (kind == PlaceKind.TurnedPort)
        {
            port ^= Place.Turn;
        }

        ref GroupFacts facts = ref _external;
        if (group == PlaceGroup.Internal)
        {
            facts = ref _internal;
        }

        bool isOwn = OwnOffer.IsOwn(address, _own);
        bool isPublic = address == _public;
        if (kind is PlaceKind.Address or PlaceKind.End)
        {
            facts.HasAddress = true;
            facts.NamesSomebody |= !address.IsZero;
            facts.IsOwn |= isOwn;
            facts.IsPublic |= isPublic;
            if (!isOwn && !isPublic)
            {
                Foreign = Foreign.IsZero ? address : Foreign;
                return;
            }
        }

        if (kind != PlaceKind.Address)
        {
            facts.Port ??= port;
        }

        if (_count == Capacity)
        {
            IsFull = true;
            return;
        }

        _places[_count++] = new Place(kind, group, isReversed, start, text.Length, address, port);
    }

    private static bool TryReadPort(ReadOnlySpan<byte> text, out uint port) => TextNumber.TryRead(text, out port) && port <= ushort.MaxValue;

    private struct GroupFacts
    {
        public bool HasAddress;
        public bool NamesSomebody;
        public bool IsOwn;
        public bool IsPublic;
        public uint? Port;

        public readonly bool MayBeListener => IsOwn || IsPublic || !HasAddress;
    }
}
