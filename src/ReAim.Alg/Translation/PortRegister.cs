using System.Runtime.InteropServices;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation;

/// <summary>
/// The public ports that translated connections use now. A port belongs to one LAN end (RFC 5382 REQ-7), and stays its own
/// until its last connection is forgotten, even if the mapping that it came by is closed. Empty where a kernel translates.
/// </summary>
internal sealed class PortRegister
{
    private readonly Dictionary<ushort, (Ipv4Endpoint Lan, int Uses)> _byPort = [];
    private readonly Dictionary<Ipv4Endpoint, ushort> _byLan = [];

    /// <summary>Grows whenever another port is used, or one is not used any more.</summary>
    public int Changes { get; private set; }

    /// <summary>The ports in use, each with the LAN end whose it is; in no order.</summary>
    public IEnumerable<(ushort Port, Ipv4Endpoint Lan)> All => _byPort.Select(use => (use.Key, use.Value.Lan));

    /// <summary>How many ports are in use.</summary>
    public int Count => _byPort.Count;

    /// <summary>True if nobody but a LAN end uses a port.</summary>
    public bool IsFreeFor(ushort port, Ipv4Endpoint lan) => !_byPort.TryGetValue(port, out (Ipv4Endpoint Lan, int Uses) use) || use.Lan == lan;

    /// <summary>Finds the port that a LAN end uses.</summary>
    public bool TryFind(Ipv4Endpoint lan, out ushort port) => _byLan.TryGetValue(lan, out port);

    /// <summary>One more connection of a LAN end uses a port, which must be free for it.</summary>
    public void Use(ushort port, Ipv4Endpoint lan)
    {
        ref (Ipv4Endpoint Lan, int Uses) use = ref CollectionsMarshal.GetValueRefOrAddDefault(_byPort, port, out _);
        Changes += use.Uses == 0 ? 1 : 0;
        use = (lan, use.Uses + 1);
        _byLan.TryAdd(lan, port);
    }

    /// <summary>A connection that used a port is forgotten.</summary>
    public void Release(ushort port)
    {
        ref (Ipv4Endpoint Lan, int Uses) use = ref CollectionsMarshal.GetValueRefOrNullRef(_byPort, port);
        if (--use.Uses > 0)
        {
            return;
        }

        Changes++;
        if (_byLan.TryGetValue(use.Lan, out ushort first) && first == port)
        {
            _byLan.Remove(use.Lan);
        }

        _byPort.Remove(port);
    }
}
