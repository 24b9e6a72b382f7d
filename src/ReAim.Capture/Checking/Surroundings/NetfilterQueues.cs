using System.Globalization;
using ReAim.Capture.Linux;

namespace ReAim.Capture.Checking.Surroundings;

/// <summary>The netfilter queues of this network namespace that a program has bound, by the kernel's list of them.</summary>
internal static class NetfilterQueues
{
    private const string List = "netfilter/nfnetlink_queue";
    private const string NetfilterProtocol = "12";

    /// <summary>True if the kernel can queue to programs, and has shown so.</summary>
    public static bool IsListed => KernelFile.NetworkTable(List).Length > 0 || File.Exists($"/proc/thread-self/net/{List}");

    /// <summary>The numbers of the queues that are bound, each with its holder's port of netlink.</summary>
    public static IReadOnlyDictionary<ushort, string> Read()
    {
        var queues = new Dictionary<ushort, string>();
        foreach (string line in KernelFile.NetworkTable(List))
        {
            // Number, port, and counters (net/netfilter/nfnetlink_queue.c, seq_show).
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 2 && ushort.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
            {
                queues[number] = fields[1];
            }
        }

        return queues;
    }

    /// <summary>Who has a port of netlink's netfilter family; null if that is not seen from here.</summary>
    public static SocketOwner? Owner(string port)
    {
        foreach (string line in KernelFile.NetworkTable("netlink"))
        {
            // Address, protocol, port, …, inode last (net/netlink/af_netlink.c, netlink_seq_show).
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 4 && fields[1] == NetfilterProtocol && fields[2] == port)
            {
                return SocketOwner.Of(fields[^1]);
            }
        }

        return null;
    }
}
