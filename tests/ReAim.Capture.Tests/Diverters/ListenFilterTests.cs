using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Listen;
using ReAim.Capture.Diverters.Replay;
using SharpPcap.LibPcap;

namespace ReAim.Capture.Tests.Diverters;

/// <summary>Which packets are listened to.</summary>
internal sealed class ListenFilterTests
{
    private static readonly Ipv4Endpoint s_server = new(new Ipv4Address(0xC6336405), 5191);
    private static readonly Ipv4Endpoint s_alice = new(new Ipv4Address(0xC0A8070A), 7_000);

    [Test]
    public void Ports_are_the_servers_whoever_they_are() => Assert.That(Text([5190, 1863]), Is.EqualTo("ip and tcp and (port 5190 or port 1863)"));

    [Test]
    public void Any_port_is_all_there_is() => Assert.That(Text([], learnt: [s_server], mapped: [s_alice]), Is.EqualTo("ip and tcp"));

    [Test]
    public void Servers_that_were_learnt_and_ends_that_were_opened_are_listened_to_wherever_they_are() => Assert.That(
        Text([5190], learnt: [s_server], mapped: [s_alice, s_alice, s_alice with { Port = 5190 }]),
        Is.EqualTo("ip and tcp and (port 5190 or (host 198.51.100.5 and port 5191) or (host 192.168.7.10 and port 7000))"));

    [Test]
    public void Where_some_servers_only_are_trusted_others_are_not_listened_to_but_peers_are() => Assert.That(
        Text([5190], ["198.51.100.0/24", "64.12.24.10/32"], mapped: [s_alice with { Port = 5190 }]),
        Is.EqualTo("ip and tcp and (((port 5190) and (net 198.51.100.0/24 or host 64.12.24.10)) or (host 192.168.7.10 and port 5190))"));

    [Test]
    public void Of_a_host_that_signs_on_everything_is_listened_to() =>
        Assert.That(Text([5190], hosts: [s_alice.Address]), Is.EqualTo("ip and tcp and (port 5190 or host 192.168.7.10)"));

    [Test]
    public void The_server_that_was_named_longest_ago_makes_room()
    {
        var servers = new ListenedServers();
        for (ushort port = 1; port <= ListenedServers.Places; port++)
        {
            servers.Add(s_server with { Port = port });
        }

        servers.Add(s_server with { Port = 1 });
        int changes = servers.Changes;
        servers.Add(s_server);
        Assert.That((servers.All.Count, servers.Contains(s_server with { Port = 1 }), servers.Contains(s_server with { Port = 2 })), Is.EqualTo((ListenedServers.Places, true, false)));
        Assert.That(changes, Is.EqualTo(ListenedServers.Places), "what is there already changes no filter");
    }

    [Test]
    public void The_longest_filter_is_one_that_the_kernel_takes()
    {
        Ipv4Endpoint[] learnt = [.. Enumerable.Range(1, ListenedServers.Places).Select(i => new Ipv4Endpoint(new Ipv4Address(0x0808_0000u + (uint)(i * 259)), (ushort)i))];
        string text = Text([5190, 1863, 6667], ["198.51.100.0/24"], learnt, [.. Enumerable.Range(1, 500).Select(i => s_alice with { Port = (ushort)(7_000 + i) })], [s_alice.Address]);
        using var program = BpfProgram.Create(PacketDotNet.LinkLayers.Ethernet, text);
        int instructions = System.Runtime.InteropServices.Marshal.ReadInt32(program.DangerousGetHandle());
        Assert.That(instructions, Is.InRange(100, 4_096), "BPF_MAXINSNS (linux/bpf_common.h)");
    }

    private static string Text(ushort[] ports, string[]? trusted = null, Ipv4Endpoint[]? learnt = null, Ipv4Endpoint[]? mapped = null, Ipv4Address[]? hosts = null) =>
        ListenFilter.Text(ports, [.. (trusted ?? []).Select(Ipv4Network.Parse)], learnt ?? [], mapped ?? [], hosts ?? []);
}
