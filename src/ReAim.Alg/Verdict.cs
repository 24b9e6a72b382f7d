namespace ReAim.Alg;

/// <summary>What becomes of the packet just given to <see cref="Engine.Process"/>.</summary>
public enum Verdict : byte
{
    /// <summary>Send it on; not one byte of it was changed.</summary>
    Forward,

    /// <summary>Send it on as it now stands in the caller's buffer: some bytes were edited, checksums are right.</summary>
    ForwardEdited,

    /// <summary>Keep it, under its packet id, until an <see cref="EffectKind.Release"/> effect names that id.</summary>
    Hold,

    /// <summary>Drop it: a packet of a peer that may not use the mapping.</summary>
    Drop,

    /// <summary>Send <see cref="Engine.Output"/> on instead: its length is another.</summary>
    ForwardResized,

    /// <summary>
    /// Drop it, and reset its connection: the ends number bytes differently, and the engine that knew how is gone. Nothing but
    /// this and <see cref="Drop"/> is ever dropped.
    /// </summary>
    Reset,
}
