using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Translators.Nftables;

/// <summary>What is to be done to our table.</summary>
internal enum TableChangeKind : byte
{
    /// <summary>Install <see cref="TableChange.Mapping"/> and answer.</summary>
    Install,

    /// <summary>Remove <see cref="TableChange.Mapping"/>.</summary>
    Remove,

    /// <summary>Lead LAN hosts that connect to <see cref="TableChange.Mapping"/> no longer on.</summary>
    KeepNeighboursOut,

    /// <summary>Lead them on again.</summary>
    LetNeighboursIn,

    /// <summary>Watch <see cref="TableChange.Server"/>.</summary>
    Expect,

    /// <summary>Install everything anew.</summary>
    Reinstall,
}

/// <summary>One change of our table that waits for its turn.</summary>
internal readonly record struct TableChange(TableChangeKind Kind, Mapping Mapping = default, Ipv4Endpoint Server = default);
