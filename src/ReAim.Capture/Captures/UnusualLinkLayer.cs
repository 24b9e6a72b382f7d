using PacketDotNet;

namespace ReAim.Capture.Captures;

/// <summary>
/// Link layers that gateways seldom have (Wi-Fi in monitor mode), decoded by PacketDotNet: it allocates, and it throws on
/// damaged frames.
/// </summary>
internal static class UnusualLinkLayer
{
    /// <summary>True if PacketDotNet decodes a link type.</summary>
    public static bool IsKnown(int linkType) => (LinkLayers)linkType
        is LinkLayers.Ieee80211 or LinkLayers.Ieee80211RadioTap or LinkLayers.Ppi;

    /// <summary>Where in a frame the IPv4 header begins.</summary>
    public static int FindIpv4(int linkType, ReadOnlySpan<byte> frame)
    {
        try
        {
            byte[] bytes = frame.ToArray();
            IPv4Packet? ip = Packet.ParsePacket((LinkLayers)linkType, bytes).Extract<IPv4Packet>();
            return ip is not null && ReferenceEquals(ip.BytesSegment.Bytes, bytes) ? ip.BytesSegment.Offset : LinkLayer.None;
        }
#pragma warning disable CA1031 // whatever it throws on, it is a frame we cannot look into
        catch (Exception)
#pragma warning restore CA1031
        {
            return LinkLayer.None;
        }
    }
}
