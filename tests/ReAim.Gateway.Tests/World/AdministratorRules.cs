namespace ReAim.Gateway.Tests.World;

/// <summary>A strict ruleset of an administrator who knows nothing of us.</summary>
internal static class AdministratorRules
{
    private static readonly string ClampRule = $"tcp flags syn tcp option maxseg size set {GatewaySettings.ClampedMss} counter name clamped";

    /// <summary>The table and its named counters, for nft.</summary>
    /// <remarks>
    /// The mark is set and restored without a mask, and matched exactly, as many do: that works as long as others keep to their bits
    /// and clear them from packets before these rules are asked.
    /// </remarks>
    public static string Text(GatewaySettings settings) => $$"""
        table ip admin {
          counter foreign_kept { }
          counter foreign_lost { }
          counter invalid { }
          counter clamped { }
          counter let_in { }
          counter refused { }

          chain own_mark {
            type filter hook prerouting priority mangle; policy accept;
            meta mark set ct mark
            meta mark != 0 accept
            iifname "lan" meta mark set {{GatewaySettings.ForeignMark}}
            ct mark set meta mark
          }

          chain clamp {
            type filter hook forward priority mangle; policy accept;
            {{(settings.Clamp == Clamp.Nft ? ClampRule : "")}}
          }

          chain forward {
            type filter hook forward priority filter; policy drop;
            ct original ip saddr {{settings.Network}}.0/24 meta mark {{GatewaySettings.ForeignMark}} counter name foreign_kept
            ct original ip saddr {{settings.Network}}.0/24 meta mark != {{GatewaySettings.ForeignMark}} counter name foreign_lost
            ct state invalid counter name invalid drop
            ct state established,related accept
            iifname "lan" oifname "wan" accept
            {{string.Join('\n', settings.PublicHosts.Select(host => $"ip daddr {host} accept"))}}
            {{(settings.AcceptsTranslated ? "ct status dnat counter name let_in accept" : "")}}
            counter name refused
          }

          chain input {
            type filter hook input priority filter; policy drop;
            ct state invalid drop
            ct state established,related accept
            iifname { "lo", "lan" } accept
            ip protocol icmp accept
          }

          chain leave {
            type nat hook postrouting priority srcnat; policy accept;
            {{string.Join('\n', settings.PublicHosts.Select(host => $"ip saddr {host} accept"))}}
            {{string.Join('\n', settings.Snat.Select(pair => $"oifname \"wan\" ip saddr {pair.Host} snat to {pair.Public}"))}}
            oifname "wan" masquerade
          }
        }
        """;

    /// <summary>A static port forward, as a person sets it up who has no helper.</summary>
    public static string PortForward(string publicAddress, int port, string host) => $$"""
        table ip forwarded {
          chain inward {
            type nat hook prerouting priority dstnat; policy accept;
            ip daddr {{publicAddress}} tcp dport {{port}} dnat to {{host}}:{{port}}
          }
        }
        """;
}
