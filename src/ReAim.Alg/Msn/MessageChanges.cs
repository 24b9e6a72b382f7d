using ReAim.Alg.Streams;
using ReAim.Alg.Text;

namespace ReAim.Alg.Msn;

/// <summary>What is to stand in some places of a message, collected first: its length stands in front and must be known.</summary>
/// <param name="places">Room for the places.</param>
/// <param name="text">Room for their text.</param>
internal ref struct MessageChanges(Span<TextChange> places, Span<byte> text)
{
    /// <summary>Changes of one message: its places, and its length in two of them.</summary>
    public const int Capacity = Announcement.Capacity;

    private readonly Span<TextChange> _changes = places;
    private readonly Span<byte> _text = text;
    private int _count;
    private int _used;

    /// <summary>How many there are.</summary>
    public readonly int Count => _count;

    /// <summary>By how much the message becomes longer.</summary>
    public int Growth { get; private set; }

    /// <summary>True if the connection's numbers change with them: also where only the message's length in front is written anew.</summary>
    public readonly bool ChangeLengths => Growth != 0 || TextChange.AnySplices(_changes[.._count]);

    /// <summary>Puts a mapping's public end into a place; nothing if it stands there.</summary>
    /// <param name="message">The message.</param>
    /// <param name="place">The place: behind those before.</param>
    /// <param name="mapping">The mapping.</param>
    public void Add(ReadOnlySpan<byte> message, in Place place, Translation.Mapping mapping)
    {
        Span<byte> room = _text.Slice(_used, Place.MaxLength);
        int length = place.Kind is PlaceKind.Address or PlaceKind.End ? TextAddress.Write(mapping.Public.Address, room) : 0;
        if (place.Kind == PlaceKind.End)
        {
            room[length++] = (byte)':';
        }

        if (place.Kind != PlaceKind.Address)
        {
            length += TextNumber.Write(mapping.Public.Port ^ (place.Kind == PlaceKind.TurnedPort ? Place.Turn : 0), room[length..]).Length;
        }

        room = room[..length];
        if (place.IsReversed)
        {
            room.Reverse();
        }

        if (!message.Slice(place.Start, place.Length).SequenceEqual(room))
        {
            _changes[_count++] = new TextChange(place.Start, place.Length, _used, length);
            _used += length;
            Growth += length - place.Length;
        }
    }

    /// <summary>Applies all of them to a message.</summary>
    /// <param name="context">The flow and its direction.</param>
    /// <param name="message">The message.</param>
    /// <param name="offset">The stream offset of its first byte.</param>
    public readonly void Apply(SessionContext context, ReadOnlySpan<byte> message, long offset) =>
        TextChange.Apply(context, message, offset, _changes[.._count], _text);
}
