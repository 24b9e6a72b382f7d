using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>A client's choice of a port to listen on.</summary>
internal static class ListenPorts
{
    private const int Patience = 100;

    /// <summary>A listener; null if every port is taken, or the client may not listen.</summary>
    public static TcpListener? Open(AimClient client)
    {
        return !client.CanListen ? null
            : client.ListenPort is { } given ? client.Host.Listen(given)
            : client.Style.ListenPorts is { } range ? FirstFree(client.Host, range.First, range.Last)
            : AnyByChance(client.Host, client.Simulation.Random);
    }

    private static TcpListener? FirstFree(Host host, ushort first, ushort last)
    {
        for (int port = first; port <= last; port++)
        {
            if (host.Listen((ushort)port) is { } listener)
            {
                return listener;
            }
        }

        return null;
    }

    private static TcpListener? AnyByChance(Host host, Dice dice)
    {
        for (int i = 0; i < Patience; i++)
        {
            if (host.Listen((ushort)dice.Between(1_024, 65_535)) is { } listener)
            {
                return listener;
            }
        }

        return null;
    }
}
