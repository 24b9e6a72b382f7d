namespace ReAim.Gateway.Tests.World;

/// <summary>
/// What a network does to packets on their way. This is all made of rules and of a detour through a program, because few kernels
/// that tests run on have netem.
/// </summary>
internal static class Weather
{
    /// <summary>Every TCP packet that the router forwards is lost with a probability, in thousandths.</summary>
    public static void Lose(Internet internet, int thousandths) => internet.Router.ExecWithInput("nft", $$"""
        table ip weather {
          chain loss {
            type filter hook forward priority 0; policy accept;
            ip protocol tcp numgen random mod 1000 < {{thousandths}} drop
          }
        }
        """, "-f", "-");

    /// <summary>Every TCP packet between a LAN host and its gateway is lost with a probability, in thousandths.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="port">The port of its bridge that the host is on.</param>
    /// <param name="host">The host's namespace.</param>
    /// <param name="thousandths">For each direction.</param>
    public static void LoseOnLan(HomeGateway gateway, string port, NetNamespace host, int thousandths)
    {
        foreach ((NetNamespace place, string device) in (ReadOnlySpan<(NetNamespace, string)>)[(gateway.Namespace, port), (host, "eth0")])
        {
            place.ExecWithInput("nft", $$"""
                table netdev weather {
                  chain loss {
                    type filter hook ingress device {{device}} priority 0; policy accept;
                    ip protocol tcp numgen random mod 1000 < {{thousandths}} drop
                  }
                }
                """, "-f", "-");
        }
    }

    /// <summary>Limits what the router sends towards a host.</summary>
    public static void Throttle(Internet internet, string address, int megabits)
    {
        string device = internet.Router.Ip("route", "get", address).Split(" dev ")[1].Split(' ')[0];
        string[] bucket = ["tbf", "rate", $"{megabits}mbit", "burst", "128kb", "latency", "100ms"];
        internet.Router.Exec("tc", ["qdisc", "add", "dev", device, "root", .. bucket]);
    }
}
