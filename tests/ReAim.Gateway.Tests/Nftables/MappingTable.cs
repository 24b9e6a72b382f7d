using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Translators.Nftables;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Nftables;

/// <summary>The table that the elements go into, as far as they need it.</summary>
internal static class MappingTable
{
    public static void Create(NetNamespace gateway, int size = 1_024) => gateway.ExecWithInput(
        "nft",
        $$"""
        table ip reaim {
          set servers { type ipv4_addr . inet_service; flags timeout; size 4096; }
          set public_ends { type ipv4_addr . inet_service; flags timeout; size {{size}}; }
          map mappings { type ipv4_addr . inet_service : ipv4_addr . inet_service; flags timeout; size {{size}}; }
          set inside_told { type ipv4_addr . inet_service; flags timeout; size {{size}}; }
          chain mapped {
            type nat hook prerouting priority dstnat + 1; policy accept;
            ip protocol tcp fib daddr type local ip daddr . tcp dport @public_ends dnat ip to ip daddr . tcp dport map @mappings
          }
        }
        """,
        "-f",
        "-");

    public static string List(NetNamespace gateway, string kind, string name) =>
        gateway.Exec("nft", "list", kind, "ip", "reaim", name);

    public static MappingElements Open(NetNamespace gateway) => gateway.Inside(() =>
    {
        Assert.That(MappingElements.TryOpen(out MappingElements? elements), Is.EqualTo(Errno.None));
        return elements!;
    });
}
