namespace ReAim.Alg.Translation.Userspace;

/// <summary>What the userspace translator did with a packet.</summary>
public enum TranslationVerdict : byte
{
    /// <summary>Not one byte was changed: the packet belongs to no session and to no mapping, or is for the gateway itself.</summary>
    Unchanged,

    /// <summary>
    /// Not one byte was changed, but it must not leave so: it is to be masqueraded, and its connection is not known, or found
    /// no port or place. Drop it.
    /// </summary>
    Refused,

    /// <summary>Its ends were translated, checksums kept what they were.</summary>
    Translated,

    /// <summary>
    /// Hairpinning (RFC 5382 REQ-8): a packet from the LAN got its public source, and its destination is ours too. Give it to
    /// <see cref="UserspaceTranslator.Inbound"/> next: it goes back to the LAN.
    /// </summary>
    TurnedBack,
}
