using System.Runtime.CompilerServices;
using ReAim.Capture.Diverters.WinDivert;

namespace ReAim.Windows.TestProgram;

/// <summary>Whether our declarations lie as the library takes them.</summary>
internal static class LayoutFacts
{
    public static void Judge(Judge judge)
    {
        judge.Fact("an address has 80 bytes", () => TestProgram.Judge.That(Unsafe.SizeOf<DivertAddress>() == 80, $"{Unsafe.SizeOf<DivertAddress>()}"));
        judge.Fact("an address's fields are where the library reads them", () =>
        {
            byte[] packet = new PacketSourceOfOne().Packet;
            foreach ((string filter, DivertAddress address) in (IEnumerable<(string, DivertAddress)>)
                     [
                         ("outbound", new() { Traits = DivertTraits.Outbound }),
                         ("inbound", new() { Traits = DivertTraits.None }),
                         ("loopback", new() { Traits = DivertTraits.Loopback }),
                         ("impostor", new() { Traits = DivertTraits.Impostor }),
                         ("ifIdx == 305419896", new() { InterfaceIndex = 0x1234_5678 }),
                         ("subIfIdx == 305419896", new() { SubInterfaceIndex = 0x1234_5678 }),
                         ("timestamp == 81985529216486895", new() { Timestamp = 0x0123_4567_89AB_CDEF }),
                     ])
            {
                DivertAddress other = new() { Timestamp = 1, InterfaceIndex = 1, SubInterfaceIndex = 1, Traits = filter == "inbound" ? DivertTraits.Outbound : DivertTraits.None };
                TestProgram.Judge.That(WinDivertHelpers.Evaluate(filter, packet, (uint)packet.Length, address), $"{filter} does not see its own");
                TestProgram.Judge.That(!WinDivertHelpers.Evaluate(filter, packet, (uint)packet.Length, other), $"{filter} sees another");
            }
        });
        judge.Fact("the library sets the checksum traits where we read them", () =>
        {
            byte[] packet = new PacketSourceOfOne().Packet;
            var address = new DivertAddress();
            TestProgram.Judge.That(WinDivertHelpers.ComputeChecksums(packet, (uint)packet.Length, ref address, 0), "refused");
            TestProgram.Judge.That(address.Traits == (DivertTraits.IpChecksum | DivertTraits.TcpChecksum), $"{address.Traits}");
        });
    }
}
