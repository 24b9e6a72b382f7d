using System.Net;
using System.Net.NetworkInformation;

namespace ReAim.Capture.Windows;

/// <summary>TCP ports on which programs of this machine listen, at an address that others can reach.</summary>
internal static class LocalListeners
{
    /// <summary>Finds them; null if Windows does not say.</summary>
    public static IReadOnlySet<ushort>? Read()
    {
        try
        {
            return IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
                .Where(end => !IPAddress.IsLoopback(end.Address))
                .Select(end => (ushort)end.Port)
                .ToHashSet();
        }
        catch (NetworkInformationException)
        {
            return null;
        }
    }
}
