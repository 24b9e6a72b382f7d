namespace ReAim.Gateway.Tests.World;

/// <summary>A link between two namespaces.</summary>
internal static class Cable
{
    /// <summary>Lays one and sets both ends up.</summary>
    /// <param name="one">A namespace.</param>
    /// <param name="oneDevice">Its end's name.</param>
    /// <param name="other">The other namespace.</param>
    /// <param name="otherDevice">Its end's name.</param>
    /// <param name="mtu">The largest datagram.</param>
    /// <param name="offloads">False: every packet has its size and its checksum when it leaves a host, as on a wire.</param>
    public static void Lay(NetNamespace one, string oneDevice, NetNamespace other, string otherDevice, int mtu, bool offloads)
    {
        one.IpBatch($"link add {oneDevice} mtu {mtu} type veth peer name {otherDevice} mtu {mtu} netns {other.Name}");
        foreach ((NetNamespace place, string device) in (ReadOnlySpan<(NetNamespace, string)>)[(one, oneDevice), (other, otherDevice)])
        {
            if (!offloads)
            {
                place.Exec("ethtool", "-K", device, "tx", "off", "tso", "off", "gso", "off", "gro", "off");
            }

            place.Ip("link", "set", device, "up");
        }
    }
}
