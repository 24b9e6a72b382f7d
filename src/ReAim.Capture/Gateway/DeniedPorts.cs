namespace ReAim.Capture.Gateway;

/// <summary>The ports of LAN hosts that are opened for nobody unless <c>--deny-port</c> says otherwise.</summary>
internal static class DeniedPorts
{
    /// <summary>
    /// Services that no client of ours is, and that many hosts of a LAN offer to their neighbours without asking for a password:
    /// whoever makes a host say a word on such a connection must not get it opened to the Internet.
    /// </summary>
    public static IReadOnlyList<ushort> Default { get; } =
    [
        // Windows and remote desktops
        445, 3389, 5900, 5901, 5902, 5903, 5985, 5986,

        // databases and caches
        1433, 1521, 3306, 5432, 5984, 6379, 9200, 11211, 27017,

        // pages for administrators, and proxies
        1080, 3128, 8000, 8080, 8443, 8888, 10000,

        // files, containers, debuggers
        2049, 2375, 2376, 5555, 6443, 10250,
    ];
}
