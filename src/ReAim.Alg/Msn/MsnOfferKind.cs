namespace ReAim.Alg.Msn;

/// <summary>The kinds of messages by which a client says where it listens, as <see cref="Translation.Offer.Capability"/>.</summary>
internal enum MsnOfferKind : ushort
{
    /// <summary>An invitation to a file's transfer was accepted.</summary>
    File = 0x3141,

    /// <summary>A direct connection of a session.</summary>
    Transport = 0x3142,
}
