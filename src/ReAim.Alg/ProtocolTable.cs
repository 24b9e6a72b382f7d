using ReAim.Alg.Irc;
using ReAim.Alg.Msn;
using ReAim.Alg.Oscar;

namespace ReAim.Alg;

/// <summary>The protocols there are: one line each.</summary>
public static class ProtocolTable
{
    /// <summary>All of them, in the order in which they are asked.</summary>
    public static IReadOnlyList<ProtocolDescriptor> All { get; } =
    [
        new OscarProtocol(),
        new MsnProtocol(),
        new IrcProtocol(),
    ];

    /// <summary>Those that are helped unless others are named: the ones whose rewrites keep the length.</summary>
    public static IReadOnlyList<ProtocolDescriptor> Default { get; } = [All[0]];
}
