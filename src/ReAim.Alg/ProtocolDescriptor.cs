using ReAim.Alg.Streams;

namespace ReAim.Alg;

/// <summary>
/// A protocol the engine helps: its name, its usual port, and who reads it. Adding a protocol is one folder with its session
/// and one line in <see cref="ProtocolTable"/>.
/// </summary>
public abstract class ProtocolDescriptor
{
    /// <summary>The word in options and logs.</summary>
    public abstract string Name { get; }

    /// <summary>The server port a diverter watches when none is configured.</summary>
    public abstract ushort DefaultPort { get; }

    /// <summary>True if its addresses are text, so that a message that is rewritten gets another length.</summary>
    public virtual bool ChangesLengths => false;

    /// <summary>True if the server adds to an offer the address by which it sees its sender, so that one that left unchanged may lead here too.</summary>
    public virtual bool ServerAddsAddress => false;

    /// <summary>True if a connection of this protocol may begin, in either direction, with these bytes.</summary>
    /// <param name="first">One byte at least; all of the first segment's.</param>
    internal abstract bool MayBeginWith(ReadOnlySpan<byte> first);

    /// <summary>
    /// True if the framing of a connection met in mid-stream may be looked for again and again; false if what its client says first
    /// must fit.
    /// </summary>
    internal virtual bool MayGoOnLater => false;

    /// <summary>
    /// True if a segment of a connection met in mid-stream may begin with a message of this protocol; never if its framing cannot be
    /// found there.
    /// </summary>
    /// <param name="segment">One byte at least.</param>
    /// <param name="direction">Which way it goes.</param>
    internal virtual bool MayGoOnWith(ReadOnlySpan<byte> segment, Direction direction) => false;

    /// <summary>Makes the reader of one flow.</summary>
    internal abstract Session CreateSession();
}
