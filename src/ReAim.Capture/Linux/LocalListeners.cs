using System.Globalization;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Linux;

/// <summary>TCP ports on which programs of this machine listen, at an address that others can reach.</summary>
internal static class LocalListeners
{
    private const string Listening = "0A";

    /// <summary>Finds them; where the kernel has no sock_diag in the table of all connections, which may take long.</summary>
    /// <returns>Null if they could not be asked for this time.</returns>
    public static IReadOnlySet<ushort>? Read()
    {
        var ports = new HashSet<ushort>();
        return SocketDiagnosis.TryFindListeners(ports) switch
        {
            Errno.None => ports,
            Errno.NoEntry or Errno.NoProtocol or Errno.NotSupported or Errno.NotPermitted or Errno.Access => ReadTable(),
            _ => null,
        };
    }

    /// <summary>Finds them in /proc/net/tcp and tcp6 (proc(5)).</summary>
    internal static HashSet<ushort> ReadTable() =>
        KernelFile.NetworkTable("tcp").Concat(KernelFile.NetworkTable("tcp6")).Select(Port).OfType<ushort>().ToHashSet();

    // sl, local address:port, remote address:port, state. Addresses are words of four bytes as this machine keeps them.
    private static ushort? Port(string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 4 || fields[3] != Listening || fields[1].Split(':') is not [string address, string port])
        {
            return null;
        }

        string mapped = BitConverter.IsLittleEndian ? "0000000000000000FFFF0000" : "00000000000000000000FFFF";
        string first = BitConverter.IsLittleEndian ? address[^2..] : address[^8..^6];
        bool isIpv4 = address.Length == 8 || address.StartsWith(mapped, StringComparison.Ordinal);
        bool isLoopback = isIpv4 && first == "7F";
        // Without addresses of its own, an IPv6 listener takes IPv4 as well.
        bool isReachable = isIpv4 ? !isLoopback : address.All(digit => digit == '0');
        return isReachable && ushort.TryParse(port, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort number)
            ? number
            : null;
    }
}
