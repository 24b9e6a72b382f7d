namespace ReAim.Alg.Streams;

/// <summary>A protocol's reader of one flow. It is given each direction's bytes once and in order.</summary>
internal abstract class Session
{
    /// <summary>
    /// The next offset whose byte is wanted. Bytes before it were read or are of no interest: a hole in them does no harm.
    /// </summary>
    public abstract long Needed(Direction direction);

    /// <summary>The first offset that was read but may still change; <see cref="long.MaxValue"/> if there is none.</summary>
    public abstract long Undecided(Direction direction);

    /// <summary>True if bytes of the server's that are still to come are known to need an edit: they wait behind a hole.</summary>
    public virtual bool ExpectsEdits => false;

    /// <summary>True if its client may offer something on the flow; false where servers only say where others are.</summary>
    public virtual bool HasOffers => true;

    /// <summary>Reads bytes.</summary>
    /// <param name="context">The flow, the direction, and what a reader may ask for.</param>
    /// <param name="bytes">At least one byte.</param>
    /// <param name="offset">The stream offset of the first: what <see cref="Needed"/> says.</param>
    public abstract void Read(SessionContext context, ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Bytes of a direction went by unseen: what was begun is given up.</summary>
    /// <param name="context">The flow and the direction.</param>
    /// <param name="until">The offset up to which bytes are missing.</param>
    /// <returns>
    /// <see cref="Framing.Found"/> if <see cref="Needed"/> lies behind what is missing, beyond doubt; <see cref="Framing.Sought"/> if the
    /// framing must be looked for; <see cref="Framing.Misfit"/> if it can never be found again.
    /// </returns>
    public virtual Framing Miss(SessionContext context, long until) => Framing.Misfit;

    /// <summary>
    /// Looks for the framing of a direction that is met in mid-stream. Once it is found, <see cref="Needed"/> says from where on
    /// the direction is to be read.
    /// </summary>
    /// <param name="context">The flow and the direction.</param>
    /// <param name="bytes">A segment's payload: at least one byte.</param>
    /// <param name="offset">The stream offset of the first.</param>
    public virtual Framing Seek(SessionContext context, ReadOnlySpan<byte> bytes, long offset) => Framing.Misfit;

    /// <summary>The flow is no longer read: give back what was borrowed.</summary>
    public abstract void Close(SessionContext context);
}
