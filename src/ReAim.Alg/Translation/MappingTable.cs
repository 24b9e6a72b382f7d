using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation;

/// <summary>The mappings there are, and the rules by which a public port is chosen (PROTOCOL 7.5).</summary>
internal sealed class MappingTable(EngineOptions options)
{
    private readonly Dictionary<Ipv4Endpoint, MappingEntry> _byPublic = [];
    private readonly Dictionary<Ipv4Endpoint, MappingEntry> _byLan = [];
    private readonly Stack<MappingEntry> _free = new();
    private readonly PortPool _pool = new(options.FirstPoolPort, options.LastPoolPort);

    /// <summary>How many there are.</summary>
    public int Count => _byPublic.Count;

    /// <summary>The mapping of a public end.</summary>
    public MappingEntry? FindByPublic(Ipv4Endpoint end) => _byPublic.TryGetValue(end, out MappingEntry? entry) ? entry : null;

    /// <summary>A mapping of a LAN end.</summary>
    public MappingEntry? FindByLan(Ipv4Endpoint end) => _byLan.TryGetValue(end, out MappingEntry? entry) ? entry : null;

    /// <summary>
    /// The mapping for a LAN end: the one that has the same public port if that is free or already ours towards the same
    /// end, else the one there is, else a new one from the pool.
    /// </summary>
    /// <param name="publicAddress">The public address.</param>
    /// <param name="lan">The LAN end.</param>
    /// <param name="samePortOnly">True if no other port would do.</param>
    /// <param name="entry">The mapping, with <see cref="MappingEntry.Offers"/> still to be counted.</param>
    /// <returns><see cref="Reason.None"/>, or why there is none.</returns>
    public Reason TryGet(Ipv4Address publicAddress, Ipv4Endpoint lan, bool samePortOnly, out MappingEntry? entry)
    {
        var same = new Ipv4Endpoint(publicAddress, lan.Port);
        entry = FindByPublic(same);
        if (entry is not null && entry.Mapping.Lan == lan)
        {
            return Reason.None;
        }

        if (entry is null && !options.ReservedPorts.Contains(lan.Port))
        {
            entry = Add(new Mapping(same, lan));
            return Reason.None;
        }

        entry = null;
        if (samePortOnly)
        {
            return Reason.PortTaken;
        }

        if (FindByLan(lan) is { } other && other.Mapping.Public.Address == publicAddress)
        {
            entry = other;
            return Reason.None;
        }

        for (int tries = _pool.Size; tries > 0; tries--)
        {
            var pooled = new Ipv4Endpoint(publicAddress, _pool.Next());
            if (!options.ReservedPorts.Contains(pooled.Port) && !_byPublic.ContainsKey(pooled))
            {
                entry = Add(new Mapping(pooled, lan));
                return Reason.None;
            }
        }

        return Reason.PoolExhausted;
    }

    /// <summary>Takes a mapping out. The entry may be used again for another one.</summary>
    public void Remove(MappingEntry entry)
    {
        Ipv4Endpoint lan = entry.Mapping.Lan;
        _byPublic.Remove(entry.Mapping.Public);
        _free.Push(entry);
        if (_byLan.TryGetValue(lan, out MappingEntry? found) && found == entry)
        {
            _byLan.Remove(lan);
            foreach (MappingEntry other in _byPublic.Values)
            {
                if (other.Mapping.Lan == lan)
                {
                    _byLan.Add(lan, other);
                    break;
                }
            }
        }
    }

    private MappingEntry Add(Mapping mapping)
    {
        MappingEntry entry = _free.Count > 0 ? _free.Pop() : new MappingEntry();
        (entry.Mapping, entry.Installed, entry.Offers) = (mapping, false, 0);
        _byPublic.Add(mapping.Public, entry);
        _byLan.TryAdd(mapping.Lan, entry);
        return entry;
    }
}
