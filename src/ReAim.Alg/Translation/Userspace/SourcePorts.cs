using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation.Userspace;

/// <summary>
/// Chooses the public ports of connections that LAN hosts open. One LAN end has one public port wherever it connects to
/// (endpoint-independent mapping, RFC 5382 REQ-1): the one it has, else its own if that is free, else one in turn.
/// </summary>
internal sealed class SourcePorts(EngineOptions engine, TranslatorOptions options, MappingTable mappings)
{
    /// <summary>Ports tried for one connection: a host that takes all ports must not make each further SYN a long search.</summary>
    private const int MaxTries = 1_024;

    private readonly PortPool _pool = new(options.FirstSourcePort, options.LastSourcePort);

    /// <summary>The public end for a connection of a LAN end; false if no port is free.</summary>
    public bool TryChoose(Ipv4Endpoint lan, out Ipv4Endpoint publicEnd)
    {
        ushort port = mappings.FindByLan(lan) is { } entry ? entry.Mapping.Public.Port
            : mappings.Ports.TryFind(lan, out ushort used) ? used
            : IsFree(lan.Port, lan) ? lan.Port
            : NextFree(lan);
        publicEnd = new Ipv4Endpoint(engine.PublicAddress, port);
        return port != 0;
    }

    private ushort NextFree(Ipv4Endpoint lan)
    {
        for (int tries = Math.Min(_pool.Size, MaxTries); tries > 0; tries--)
        {
            ushort port = _pool.Next();
            if (IsFree(port, lan))
            {
                return port;
            }
        }

        return 0;
    }

    private bool IsFree(ushort port, Ipv4Endpoint lan) =>
        port >= 1024
        && !engine.ReservedPorts.Contains(port)
        && mappings.Ports.IsFreeFor(port, lan)
        && mappings.FindByPublic(new Ipv4Endpoint(engine.PublicAddress, port)) is null;
}
