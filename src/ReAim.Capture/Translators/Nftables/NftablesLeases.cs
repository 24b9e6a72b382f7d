using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Translators.Nftables;

/// <summary>
/// Mappings as elements of our nftables table, each a lease of thirty seconds that is renewed every ten: the pinholes of a
/// worker that died close by themselves. Every call waits for the kernel.
/// </summary>
internal sealed class NftablesLeases : IDisposable
{
    private const long RenewInterval = 10_000_000_000;
    private const int MaxServers = 4_096;

    /// <summary>A client connects to a server that it was told of at once. What is used lasts longer: the rules see to that (ReaimTable).</summary>
    private static readonly TimeSpan ServerLease = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly MappingElements _elements;
    private readonly EventLog _log;
    private readonly List<Mapping> _installed = [];
    private readonly List<Mapping> _inside = [];
    private readonly Dictionary<Ipv4Endpoint, long> _servers = [];
    private bool _isDisturbed;

    private NftablesLeases(MappingElements elements, EventLog log) => (_elements, _log) = (elements, log);

    /// <summary>Opens the way to the kernel.</summary>
    /// <param name="log">Is told of what the kernel refuses.</param>
    /// <exception cref="BadInputException">There is none.</exception>
    public static NftablesLeases Open(EventLog log)
    {
        Errno error = MappingElements.TryOpen(out MappingElements? elements);
        return elements is null
            ? throw new BadInputException($"this kernel has no nftables that could be used ({error}): load or build nf_tables.")
            : new NftablesLeases(elements, log);
    }

    /// <summary>When <see cref="Renew"/> has something to do: nanoseconds of the gateway's clock.</summary>
    public long NextRenewal { get; private set; } = GatewayClock.Now;

    /// <summary>Lets connects to a mapping's public end reach its LAN end.</summary>
    /// <param name="mapping">The mapping, with the address by which its packets reach this gateway.</param>
    /// <param name="refusal">Why it could not be installed, as the second half of a sentence.</param>
    public bool TryInstall(Mapping mapping, out string refusal)
    {
        ElementAnswer answer = _elements.Install(mapping, Lease);
        if (answer != ElementAnswer.Done)
        {
            refusal = Sentence(answer);
            _inside.Remove(mapping);
            return false;
        }

        refusal = "";
        _installed.Add(mapping);
        return true;
    }

    /// <summary>Takes a mapping out. Connections that came by it go on.</summary>
    public void Remove(Mapping mapping)
    {
        _installed.Remove(mapping);
        _inside.Remove(mapping);
        ElementAnswer answer = _elements.Remove(mapping);
        if (answer is not (ElementAnswer.Done or ElementAnswer.TableMissing))
        {
            _log.Say($"{mapping} could not be closed: {Sentence(answer)}; it closes by itself within {Lease.TotalSeconds} s.");
        }
    }

    /// <summary>Leads LAN hosts that connect to a mapping's public end no longer on.</summary>
    public void KeepNeighboursOut(Mapping mapping)
    {
        if (!_inside.Contains(mapping))
        {
            _inside.Add(mapping);
        }

        Complain(mapping, _elements.KeepNeighboursOut([mapping], Lease));
    }

    /// <summary>Leads them on again.</summary>
    public void LetNeighboursIn(Mapping mapping)
    {
        _inside.Remove(mapping);
        Complain(mapping, _elements.LetNeighboursIn(mapping));
    }

    /// <summary>Has the LAN's connections to a server diverted.</summary>
    public void Expect(Ipv4Endpoint server)
    {
        if (_servers.Count >= MaxServers)
        {
            ForgetServers();
        }

        if (_servers.Count >= MaxServers && !_servers.ContainsKey(server))
        {
            _log.Say($"the server {server} is not watched: {MaxServers} others are.");
            return;
        }

        ElementAnswer answer = _elements.AddServer(server, ServerLease);
        if (answer == ElementAnswer.Done)
        {
            _servers[server] = GatewayClock.Now + (ServerLease.Ticks * 100);
        }
        else
        {
            _log.Say($"the server {server} could not be watched: {Sentence(answer)}.");
        }
    }

    /// <summary>Renews what would end by itself, if it is time.</summary>
    /// <param name="now">Nanoseconds of the gateway's clock.</param>
    public void Renew(long now)
    {
        if (now < NextRenewal)
        {
            return;
        }

        NextRenewal = now + RenewInterval;
        RenewAll();
    }

    /// <summary>Installs everything anew: the rules were gone for a while.</summary>
    public void Reinstall()
    {
        RenewAll();
        ForgetServers();
        foreach (Ipv4Endpoint server in _servers.Keys)
        {
            _elements.AddServer(server, ServerLease);
        }
    }

    /// <summary>Closes all mappings at once: the worker ends in order.</summary>
    public void Dispose()
    {
        foreach (Mapping mapping in _installed)
        {
            _elements.Remove(mapping);
        }

        _elements.Dispose();
    }

    /// <summary>The kernel has forgotten them too.</summary>
    private void ForgetServers()
    {
        long now = GatewayClock.Now;
        foreach ((Ipv4Endpoint server, long ends) in _servers)
        {
            if (ends <= now)
            {
                _servers.Remove(server);
            }
        }
    }

    private void Complain(Mapping mapping, ElementAnswer answer)
    {
        if (answer is not (ElementAnswer.Done or ElementAnswer.TableMissing))
        {
            _log.Say($"whether neighbours reach {mapping} by its public end could not be changed: {Sentence(answer)}.");
        }
    }

    private void RenewAll()
    {
        // Before the mappings themselves: where both are gone, nobody must find the one without the other.
        _elements.KeepNeighboursOut([.. _inside], Lease);
        var answers = new ElementAnswer[_installed.Count];
        _elements.Renew([.. _installed], Lease, answers);
        int bad = Array.FindIndex(answers, answer => answer != ElementAnswer.Done);
        if (bad < 0)
        {
            _isDisturbed = false;
        }
        else if (!_isDisturbed)
        {
            _isDisturbed = true;
            _log.Say($"{_installed[bad]} could not be renewed: {Sentence(answers[bad])}.");
        }
    }

    private string Sentence(ElementAnswer answer) => answer switch
    {
        ElementAnswer.Conflict => "its public end leads to another host already",
        ElementAnswer.TableMissing => "the nftables table ip reaim is missing; it is restored within seconds",
        ElementAnswer.Full => "the kernel's set is full",
        ElementAnswer.NotPermitted => "the worker may not change nftables",
        _ => $"the kernel refused it ({_elements.LastError})",
    };
}
