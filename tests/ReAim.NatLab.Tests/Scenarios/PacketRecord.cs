using ReAim.Alg.Wire;
using ReAim.Capture.Inspection;
using ReAim.Capture.Reports;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>What crossed the clients' links, each packet once, as a capture for people to look at.</summary>
internal sealed class PacketRecord(Internet internet)
{
    private readonly List<(long Time, byte[] Datagram)> _packets = [];

    public IReadOnlyList<(long Time, byte[] Datagram)> Packets => _packets;

    public void Watch(Link link, Host host) => link.Tap = crossing =>
    {
        if (crossing.End == link.A && IsClients(host.Address) && (crossing.IsLeaving || !IsClients(Ipv4Address.Read(crossing.Datagram.AsSpan(12)))))
        {
            _packets.Add((crossing.Time, [.. crossing.Datagram]));
        }
    };

    /// <summary>The ladder that <c>reaim inspect</c> makes of it.</summary>
    public string Ladder()
    {
        var inspector = new Inspector();
        foreach ((long time, byte[] datagram) in _packets)
        {
            inspector.Add(datagram, time);
        }

        using var text = new StringWriter();
        LadderText.Write(inspector.Finish(), text);
        return text.ToString();
    }

    private bool IsClients(Ipv4Address address) => internet.Clients.Any(client => client.Host.Address == address);
}
