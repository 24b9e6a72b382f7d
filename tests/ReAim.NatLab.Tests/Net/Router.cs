using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Net;

/// <summary>
/// Forwards by the longest matching prefix; drops what it has no route for. What is too large for the next link it answers
/// with ICMP "fragmentation needed" (RFC 1191).
/// </summary>
internal sealed class Router(Simulation simulation, Ipv4Address address) : INode
{
    private readonly List<LinkEnd> _links = [];
    private readonly List<(uint Network, uint Mask, int Port)> _routes = [];
    private ushort _identification = (ushort)simulation.Random.Below(0x1_0000);

    public Ipv4Address Address => address;

    /// <summary>Datagrams to a network leave by an interface.</summary>
    public void Route(Ipv4Address network, int prefixLength, int port)
    {
        uint mask = prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);

        // The longest first, and of equal ones the newest, so that the first match is the right one.
        int place = _routes.FindIndex(route => route.Mask <= mask);
        _routes.Insert(place < 0 ? _routes.Count : place, (network.Value & mask, mask, port));
    }

    public int Attach(LinkEnd link)
    {
        _links.Add(link);
        return _links.Count - 1;
    }

    public void Receive(byte[] datagram, int port)
    {
        if (!Ipv4Packet.TryParse(datagram, out Ipv4Packet packet, out _) || !packet.IsHeaderChecksumValid
            || packet.Destination == address || !TryDecrementTimeToLive(packet.Header))
        {
            return;
        }

        Forward(datagram, packet.Destination);
    }

    private static bool TryDecrementTimeToLive(Span<byte> header)
    {
        if (header[8] <= 1)
        {
            return false;
        }

        Span<byte> word = header.Slice(8, 2);
        ReadOnlySpan<byte> after = [(byte)(word[0] - 1), word[1]];
        ushort checksum = Checksum.Update(BinaryPrimitives.ReadUInt16BigEndian(header[10..]), word, after, odd: false);
        after.CopyTo(word);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], checksum);
        return true;
    }

    private LinkEnd? FindLink(Ipv4Address destination)
    {
        foreach ((uint network, uint mask, int port) in _routes)
        {
            if ((destination.Value & mask) == network)
            {
                return _links[port];
            }
        }

        return null;
    }

    private void Forward(byte[] datagram, Ipv4Address destination)
    {
        LinkEnd? link = FindLink(destination);
        if (link is null)
        {
            return;
        }

        if (datagram.Length <= link.Mtu)
        {
            link.Send(datagram);
        }
        else if (IcmpError.About(datagram, IcmpError.FragmentationNeeded, link.Mtu, address, _identification++) is byte[] error)
        {
            FindLink(Ipv4Address.Read(error.AsSpan(16)))?.Send(error);
        }
    }
}
