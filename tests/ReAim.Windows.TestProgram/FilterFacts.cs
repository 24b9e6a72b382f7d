using System.Runtime.InteropServices;
using System.Text;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Diverters.WinDivert;

namespace ReAim.Windows.TestProgram;

/// <summary>Whether the library understands our filters as we do.</summary>
internal static class FilterFacts
{
    private const int Filters = 120;
    private const int PacketsEach = 400;

    public static void Judge(Judge judge, PacketSource packets, int seed)
    {
        var random = new Random(seed);
        var filters = new List<(string Name, DivertFilter Filter, DivertLayer Layer)>();
        for (int i = 0; i < Filters; i++)
        {
            filters.AddRange(Generate(random, isFull: i % 10 == 0));
        }

        foreach (IGrouping<string, (string Name, DivertFilter Filter, DivertLayer Layer)> kind in filters.GroupBy(filter => filter.Name))
        {
            judge.Fact($"{kind.Count()} filters of {kind.Key} compile at their layer and can be formatted", () =>
            {
                foreach ((_, DivertFilter filter, DivertLayer layer) in kind)
                {
                    Compile(WinDivertDriver.TextOf(filter), layer);
                }
            });
            judge.Fact($"filters of {kind.Key} name the same packets to the library and to us", () =>
            {
                int named = 0;
                foreach ((_, DivertFilter filter, DivertLayer layer) in kind)
                {
                    named += Compare(filter, layer, packets, random);
                }

                TestProgram.Judge.That(named > 0, "none is named: nothing was compared");
                Console.Out.Write($"   {named} of {kind.Count() * PacketsEach} packets are named\n");
            });
        }

        judge.Fact("the library takes a port of 70000 without a word, so that we must not", () =>
        {
            Compile("tcp.DstPort == 70000", DivertLayer.Network);
            try
            {
                DivertFilter.Is(DivertField.DestinationPort, 70_000);
            }
            catch (ArgumentOutOfRangeException)
            {
                return;
            }

            throw new InvalidOperationException("we take it too");
        });
        judge.Fact("IPv6 is named by TCP's fields, so that we leave it out", () =>
        {
            // To port 5190 of ::1.
            byte[] packet = [0x60, 0, 0, 0, 0, 20, 6, 64, .. new byte[31], 1, 0x9C, 0x40, 0x14, 0x46, .. new byte[8], 0x50, 0x10, .. new byte[6]];
            var address = new DivertAddress { Traits = DivertTraits.Ipv6 };
            DivertFilter filter = DivertFilter.Is(DivertField.DestinationPort, 5190);
            TestProgram.Judge.That(WinDivertHelpers.Evaluate(filter.ToString()!, packet, (uint)packet.Length, address), "it is not: the reason is gone");
            TestProgram.Judge.That(!WinDivertHelpers.Evaluate(WinDivertDriver.TextOf(filter), packet, (uint)packet.Length, address), "it is diverted");
        });
        judge.Fact("a filter that names a direction does not compile where packets are forwarded", () =>
            TestProgram.Judge.That(!TryCompile(DivertFilter.Is(DivertField.Outbound).ToString()!, DivertLayer.Forward, out _), "it does"));
    }

    /// <summary>Filters of all kinds with ends chosen at random; as many as are allowed if it is to be full.</summary>
    private static IEnumerable<(string Name, DivertFilter Filter, DivertLayer Layer)> Generate(Random random, bool isFull)
    {
        ushort[] ports = [.. Some(random, PacketSource.Ports).Order()];
        Ipv4Network[] servers = random.Next(2) == 0 ? [] : [.. Some(random, PacketSource.Addresses).Select(address => Ipv4Network.Of(address, random.Next(0, 33)))];
        uint[] wan = [.. Some(random, PacketSource.Interfaces)];
        Ipv4Endpoint[] ends = isFull
            ? [.. Enumerable.Range(0, DivertFilters.MaxEnds).Select(i => new Ipv4Endpoint(new Ipv4Address(0xC0A8_0700u + (uint)i), (ushort)(5190 + (2 * i))))]
            : [.. from address in Some(random, PacketSource.Addresses) from port in Some(random, PacketSource.Ports) select new Ipv4Endpoint(address, port)];
        ushort[] mapped = [.. ends.Select(end => end.Port).Distinct()];
        ushort[] watched = random.Next(4) == 0 ? [] : ports;
        yield return ("servers beside NAT", DivertFilters.ServersBesideNat(watched, servers, wan), DivertLayer.Network);
        yield return ("single servers beside NAT", DivertFilters.ServersBesideNat(ends, wan), DivertLayer.Network);
        yield return ("servers forwarded", DivertFilters.ServersForwarded(watched, servers), DivertLayer.Forward);
        yield return ("single servers forwarded", DivertFilters.ServersForwarded(ends), DivertLayer.Forward);
        yield return ("connects", DivertFilters.Connects(watched, servers), DivertLayer.Forward);
        yield return ("connects to single servers", DivertFilters.Connects(ends), DivertLayer.Forward);
        yield return ("peers' connects", DivertFilters.PeerConnects(mapped), DivertLayer.Network);
        yield return ("peers' handshakes", DivertFilters.PeerHandshakes(mapped), DivertLayer.Network);
        yield return ("packets from peers", DivertFilters.FromPeers(ends), DivertLayer.Network);
        yield return ("packets to peers", DivertFilters.ToPeers(ends), DivertLayer.Forward);
    }

    private static List<T> Some<T>(Random random, T[] from) => from.OrderBy(_ => random.Next()).Take(random.Next(1, Math.Min(from.Length, 5) + 1)).ToList();

    private static int Compare(DivertFilter filter, DivertLayer layer, PacketSource packets, Random random)
    {
        int named = 0;
        string text = WinDivertDriver.TextOf(filter);
        for (int i = 0; i < PacketsEach; i++)
        {
            (byte[] packet, DivertAddress address) = packets.All[random.Next(packets.All.Count)];
            address.Layer = (byte)layer;
            bool theirs = WinDivertHelpers.Evaluate(text, packet, (uint)packet.Length, address);
            bool ours = filter.Matches(packet, address);
            TestProgram.Judge.That(theirs == ours, $"'{text}' at {layer}, traits {address.Traits}, interface {address.InterfaceIndex}: the library says {theirs}, we {ours}: {Convert.ToHexStringLower(packet)}");
            named += ours ? 1 : 0;
        }

        return named;
    }

    private static void Compile(string filter, DivertLayer layer)
    {
        TestProgram.Judge.That(TryCompile(filter, layer, out string error), $"'{filter}' at {layer}: {error}");
        var formatted = new byte[32_768];
        TestProgram.Judge.That(WinDivertHelpers.Format(filter, (int)layer, formatted, (uint)formatted.Length), $"'{filter}' cannot be formatted");
        string again = Encoding.ASCII.GetString(formatted.AsSpan(0, Array.IndexOf(formatted, (byte)0)));
        TestProgram.Judge.That(TryCompile(again, layer, out error), $"'{again}', which '{filter}' became: {error}");
    }

    private static bool TryCompile(string filter, DivertLayer layer, out string error)
    {
        bool compiled = WinDivertHelpers.Compile(filter, (int)layer, [], 0, out nint message, out uint position);
        error = compiled ? "" : $"{Marshal.PtrToStringAnsi(message)} at {position}";
        return compiled;
    }
}
