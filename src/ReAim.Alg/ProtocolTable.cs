using ReAim.Alg.Oscar;

namespace ReAim.Alg;

/// <summary>The protocols there are: one line each.</summary>
public static class ProtocolTable
{
    /// <summary>All of them, in the order in which they are asked.</summary>
    public static IReadOnlyList<ProtocolDescriptor> All { get; } =
    [
        new OscarProtocol(),
    ];
}
