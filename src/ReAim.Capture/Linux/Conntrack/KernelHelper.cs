using ReAim.Alg;

namespace ReAim.Capture.Linux.Conntrack;

/// <summary>Helpers of the kernel's connection tracking (net/netfilter/nf_conntrack_helper.c).</summary>
internal static class KernelHelper
{
    /// <summary>
    /// True if a helper reads and rewrites a protocol. One that was loaded for another port than the usual one has that in its name, such
    /// as irc-6668.
    /// </summary>
    /// <param name="helper">The helper's name; null if there is none.</param>
    /// <param name="protocol">The protocol.</param>
    public static bool Reads(string? helper, ProtocolDescriptor protocol) =>
        helper is not null
        && helper.StartsWith(protocol.Name, StringComparison.OrdinalIgnoreCase)
        && (helper.Length == protocol.Name.Length || helper[protocol.Name.Length] == '-');
}
