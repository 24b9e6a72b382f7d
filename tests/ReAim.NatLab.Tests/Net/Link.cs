namespace ReAim.NatLab.Tests.Net;

/// <summary>A cable between two nodes.</summary>
internal static class Link
{
    /// <summary>Joins two nodes.</summary>
    public static void Join(Simulation simulation, INode a, INode b, LinkOptions? options = null) => throw new NotSupportedException();
}
