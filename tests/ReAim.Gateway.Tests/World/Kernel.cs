namespace ReAim.Gateway.Tests.World;

/// <summary>What this kernel can, and what it counts for a namespace.</summary>
internal static class Kernel
{
    /// <summary>Ignores the test under an older kernel.</summary>
    /// <param name="version">The first that has it.</param>
    /// <param name="what">What it has.</param>
    public static void Require(Version version, string what)
    {
        if (Environment.OSVersion.Version < version)
        {
            Assert.Ignore($"NOT TESTED: this kernel has no {what}, which came with {version}.");
        }
    }

    /// <summary>A counter of <c>/proc/net/snmp</c> or <c>netstat</c>.</summary>
    /// <param name="place">The namespace.</param>
    /// <param name="group">The line's name, such as Tcp or TcpExt.</param>
    /// <param name="name">The column's.</param>
    public static long Count(NetNamespace place, string group, string name)
    {
        string[] lines = place.Exec("cat", "/proc/net/snmp", "/proc/net/netstat").Split('\n');
        string[][] pair = [.. lines.Where(line => line.StartsWith($"{group}:", StringComparison.Ordinal)).Select(line => line.Split(' '))];
        int column = Array.IndexOf(pair[0], name);
        return column < 0 ? 0 : long.Parse(pair[1][column], null);
    }
}
