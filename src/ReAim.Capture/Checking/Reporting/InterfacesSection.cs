using System.Net.NetworkInformation;
using System.Text;

namespace ReAim.Capture.Checking.Reporting;

/// <summary>All network interfaces with their addresses.</summary>
internal static class InterfacesSection
{
    /// <summary>Reads them.</summary>
    public static ReportSection Read() => ReportSection.Of("Interfaces", () =>
    {
        var text = new StringBuilder();
        foreach (NetworkInterface one in NetworkInterface.GetAllNetworkInterfaces())
        {
            IPInterfaceProperties properties = one.GetIPProperties();
            text.AppendLine($"{one.Name}: {one.Description}, {one.Id}, {one.NetworkInterfaceType}, {one.OperationalStatus}, {one.GetPhysicalAddress()}");
            foreach (UnicastIPAddressInformation address in properties.UnicastAddresses)
            {
                text.AppendLine($"  {address.Address}/{address.PrefixLength}");
            }

            foreach (GatewayIPAddressInformation gateway in properties.GatewayAddresses)
            {
                text.AppendLine($"  gateway {gateway.Address}");
            }
        }

        return text.ToString();
    });
}
