using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation;

/// <summary>The mappings there are, and the rules by which a public port is chosen (PROTOCOL 7.5).</summary>
internal sealed class MappingTable(EngineOptions options)
{
    private readonly Dictionary<Ipv4Endpoint, MappingEntry> _byPublic = [];
    private readonly Dictionary<Ipv4Endpoint, MappingEntry> _byLan = [];
    private readonly Stack<MappingEntry> _free = new();
    private readonly PortPool _pool = new(options.FirstPoolPort, options.LastPoolPort, options.PoolOffset);

    /// <summary>How many there are.</summary>
    public int Count => _byPublic.Count;

    /// <summary>All of them, in no order.</summary>
    public IReadOnlyCollection<MappingEntry> All => _byPublic.Values;

    /// <summary>The public ports that connections use.</summary>
    public PortRegister Ports { get; } = new();

    /// <summary>The mapping of a public end.</summary>
    public MappingEntry? FindByPublic(Ipv4Endpoint end) => _byPublic.TryGetValue(end, out MappingEntry? entry) ? entry : null;

    /// <summary>The newest mapping of a LAN end; the others are behind it.</summary>
    public MappingEntry? FindByLan(Ipv4Endpoint end) => _byLan.TryGetValue(end, out MappingEntry? entry) ? entry : null;

    /// <summary>True if a mapping of a LAN end is installed.</summary>
    public bool IsInstalled(Ipv4Endpoint lan)
    {
        MappingEntry? entry = FindByLan(lan);
        while (entry is { Installed: false })
        {
            entry = entry.Older;
        }

        return entry is not null;
    }

    /// <summary>
    /// The mapping for a LAN end: the one there is, for a LAN end has one end at a public address, whoever is told of it (RFC 5382
    /// REQ-1); else one of the same public port if that is free; else one from the pool.
    /// </summary>
    /// <param name="publicAddress">The public address.</param>
    /// <param name="lan">The LAN end.</param>
    /// <param name="samePortOnly">True if no other port would do.</param>
    /// <param name="entry">The mapping, with <see cref="MappingEntry.Offers"/> still to be counted.</param>
    /// <returns><see cref="Reason.None"/>, or why there is none.</returns>
    public Reason TryGet(Ipv4Address publicAddress, Ipv4Endpoint lan, bool samePortOnly, out MappingEntry? entry)
    {
        entry = FindByLan(lan);
        while (entry is not null && entry.Mapping.Public.Address != publicAddress)
        {
            entry = entry.Older;
        }

        if (entry is not null)
        {
            if (samePortOnly && !entry.Mapping.KeepsPort)
            {
                entry = null;
                return Reason.PortTaken;
            }

            return Reason.None;
        }

        var same = new Ipv4Endpoint(publicAddress, lan.Port);
        if (IsFree(same, lan))
        {
            entry = Add(new Mapping(same, lan));
            return Reason.None;
        }

        if (samePortOnly)
        {
            return Reason.PortTaken;
        }

        for (int tries = _pool.Size; tries > 0; tries--)
        {
            var pooled = new Ipv4Endpoint(publicAddress, _pool.Next());
            if (IsFree(pooled, lan))
            {
                entry = Add(new Mapping(pooled, lan));
                return Reason.None;
            }
        }

        return Reason.PoolExhausted;
    }

    /// <summary>The mapping of an engine before this one: the same one, or a new one if both its ends are free.</summary>
    /// <returns>Null if they are not.</returns>
    public MappingEntry? TryAdopt(Mapping mapping)
    {
        MappingEntry? entry = FindByPublic(mapping.Public);
        if (entry is not null)
        {
            return entry.Mapping == mapping ? entry : null;
        }

        for (MappingEntry? other = FindByLan(mapping.Lan); other is not null; other = other.Older)
        {
            if (other.Mapping.Public.Address == mapping.Public.Address)
            {
                return null;
            }
        }

        return IsFree(mapping.Public, mapping.Lan) ? Add(mapping) : null;
    }

    /// <summary>Takes a mapping out. The entry may be used again for another one.</summary>
    public void Remove(MappingEntry entry)
    {
        Ipv4Endpoint lan = entry.Mapping.Lan;
        _byPublic.Remove(entry.Mapping.Public);
        MappingEntry newest = _byLan[lan];
        if (newest != entry)
        {
            while (newest.Older != entry)
            {
                newest = newest.Older!;
            }

            newest.Older = entry.Older;
        }
        else if (entry.Older is null)
        {
            _byLan.Remove(lan);
        }
        else
        {
            _byLan[lan] = entry.Older;
        }

        entry.Older = null;
        _free.Push(entry);
    }

    private bool IsFree(Ipv4Endpoint end, Ipv4Endpoint lan) =>
        !options.ReservedPorts.Contains(end.Port) && !_byPublic.ContainsKey(end) && Ports.IsFreeFor(end.Port, lan);

    private MappingEntry Add(Mapping mapping)
    {
        MappingEntry entry = _free.Count > 0 ? _free.Pop() : new MappingEntry();
        (entry.Mapping, entry.Installed, entry.Offers, entry.TellingInside, entry.Older) = (mapping, false, 0, 0, FindByLan(mapping.Lan));
        _byPublic.Add(mapping.Public, entry);
        _byLan[mapping.Lan] = entry;
        return entry;
    }
}
