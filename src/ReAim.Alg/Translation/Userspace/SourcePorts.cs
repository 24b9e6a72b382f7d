using System.Runtime.InteropServices;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation.Userspace;

/// <summary>
/// The public ports of connections that LAN hosts open. One LAN end has one public port wherever it connects to
/// (endpoint-independent mapping, RFC 5382 REQ-1), its own if that is free, and shares it with no other end (REQ-7).
/// </summary>
internal sealed class SourcePorts(EngineOptions engine, TranslatorOptions options, MappingTable mappings)
{
    /// <summary>Ports tried for one connection: a host that takes all ports must not make each further SYN a long search.</summary>
    private const int MaxTries = 1_024;

    private readonly Dictionary<Ipv4Endpoint, Lease> _byLan = [];
    private readonly HashSet<ushort> _taken = [];
    private readonly PortPool _pool = new(options.FirstSourcePort, options.LastSourcePort);

    /// <summary>How many LAN ends have a port.</summary>
    public int Count => _byLan.Count;

    /// <summary>Borrows the public end of a LAN end; give it back with <see cref="Return"/>.</summary>
    /// <returns>False if no port is free.</returns>
    public bool TryBorrow(Ipv4Endpoint lan, out Ipv4Endpoint publicEnd)
    {
        ref Lease lease = ref CollectionsMarshal.GetValueRefOrAddDefault(_byLan, lan, out bool exists);
        if (!exists)
        {
            ushort port = Choose(lan);
            if (port == 0)
            {
                _byLan.Remove(lan);
                publicEnd = default;
                return false;
            }

            lease.Port = port;
            _taken.Add(port);
        }

        lease.Sessions++;
        publicEnd = new Ipv4Endpoint(engine.PublicAddress, lease.Port);
        return true;
    }

    /// <summary>A connection of a LAN end is over.</summary>
    public void Return(Ipv4Endpoint lan)
    {
        ref Lease lease = ref CollectionsMarshal.GetValueRefOrNullRef(_byLan, lan);
        if (--lease.Sessions == 0)
        {
            _taken.Remove(lease.Port);
            _byLan.Remove(lan);
        }
    }

    private ushort Choose(Ipv4Endpoint lan)
    {
        if (IsFree(lan.Port, lan))
        {
            return lan.Port;
        }

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
        && !_taken.Contains(port)
        && !engine.ReservedPorts.Contains(port)
        && (mappings.FindByPublic(new Ipv4Endpoint(engine.PublicAddress, port)) is not { } entry || entry.Mapping.Lan == lan);

    private struct Lease
    {
        public ushort Port;
        public int Sessions;
    }
}
