using System.Net.NetworkInformation;
using System.Net.Sockets;
using ReAim.Alg.Wire;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Gateway;

/// <summary>
/// Looks at what may change on the machine under a running worker: every second at the ports that programs listen on, every few
/// seconds at the indexes of interfaces and the addresses of the WAN. What the engine needs of it is kept in place. It looks beside
/// the loop that must not wait: on a busy machine such a look takes long. It has a thread of its own, because the runtime ends a
/// program that can open no file when it begins another thread, as the thread pool does now and then.
/// </summary>
internal sealed class MachineWatch
{
    private const long Interval = 1_000_000_000;

    /// <summary>Interfaces and addresses change seldom: every so many looks.</summary>
    private const int LooksPerAddresses = 5;

    private readonly IReadOnlyList<string> _names;
    private readonly Func<IReadOnlySet<ushort>?> _listeners;
    private readonly Action _refresh;
    private readonly IReadOnlyCollection<ushort> _administrators;
    private readonly HashSet<ushort> _reserved;
    private readonly ITranslator _translator;
    private readonly EventLog _log;
    private readonly object _asking = new();
    private List<Ipv4Address> _wan;
    private Seen? _seen;
    private bool _isAsked;
    private bool _isLooking;
    private bool _looksAtAddresses;
    private IReadOnlyCollection<ushort> _ownBefore = [];
    private long _next;
    private int _looks;

    /// <summary>Looks for the first time.</summary>
    /// <param name="names">The interfaces to the Internet.</param>
    /// <param name="listeners">Finds the ports that programs of this machine listen on, or null if it cannot this time; on any thread.</param>
    /// <param name="refresh">Looks up what depends on interfaces, on the worker's own thread.</param>
    /// <param name="administrators">Public ports that the administrator's rules lead elsewhere.</param>
    /// <param name="reserved">Kept up to date: all public ports that belong to somebody else.</param>
    /// <param name="translator">Its own listening ports belong to nobody else.</param>
    /// <param name="log">Is told of another WAN address.</param>
    public MachineWatch(
        IReadOnlyList<string> names,
        Func<IReadOnlySet<ushort>?> listeners,
        Action refresh,
        IReadOnlyCollection<ushort> administrators,
        HashSet<ushort> reserved,
        ITranslator translator,
        EventLog log)
    {
        (_names, _listeners, _refresh, _administrators, _reserved, _translator, _log) = (names, listeners, refresh, administrators, reserved, translator, log);
        Seen seen = See(withAddresses: true);
        _wan = seen.Wan ?? [];
        Reserve(seen.Listeners ?? new HashSet<ushort>());
        new Thread(LookWhenAsked) { IsBackground = true, Name = "machine watch" }.Start();
    }

    /// <summary>Is called, on the worker's own thread, with the time, after a port was reserved that was not before.</summary>
    public Action<long> Reserved { get; init; } = _ => { };

    /// <summary>Is called, on the worker's own thread, after the WAN has got another address.</summary>
    public Action Moved { get; init; } = () => { };

    /// <summary>Looks again, if it is time, and takes up what the look before has found.</summary>
    /// <param name="now">Nanoseconds of the gateway's clock.</param>
    public void Look(long now)
    {
        if (Interlocked.Exchange(ref _seen, null) is { } seen)
        {
            _isLooking = false;
            TakeUp(seen, now);
        }

        if (now >= _next && !_isLooking)
        {
            _isLooking = true;
            _next = now + Interval;
            _ownBefore = _translator.OwnPorts;
            _looksAtAddresses = ++_looks % LooksPerAddresses == 0;
            lock (_asking)
            {
                _isAsked = true;
                Monitor.Pulse(_asking);
            }
        }
    }

    private void LookWhenAsked()
    {
        while (true)
        {
            lock (_asking)
            {
                while (!_isAsked)
                {
                    Monitor.Wait(_asking);
                }

                _isAsked = false;
            }

            Volatile.Write(ref _seen, See(_looksAtAddresses));
        }
    }

    private void TakeUp(Seen seen, long now)
    {
        // What could not be asked is most likely what it was.
        if (seen.Listeners is { } listeners && Reserve(listeners))
        {
            Reserved(now);
        }

        _refresh();
        if (seen.Wan is { } wan && !wan.SequenceEqual(_wan))
        {
            string text = wan.Count == 0 ? "no address now" : $"the address {string.Join(", ", wan)} now";
            _log.Say($"the WAN has {text}: clients behind the old one are helped again after their next sign-on.");
            _wan = wan;
            Moved();
        }
    }

    /// <summary>Reserves what belongs to others now, and nothing else.</summary>
    /// <returns>True if there is a port among it that was not before.</returns>
    private bool Reserve(IReadOnlySet<ushort> listeners)
    {
        HashSet<ushort> before = [.. _reserved];
        _reserved.Clear();
        _reserved.UnionWith(listeners);

        // One of ours may have opened or closed during the look.
        _reserved.ExceptWith(_ownBefore);
        _reserved.ExceptWith(_translator.OwnPorts);
        _reserved.UnionWith(_administrators);
        return !before.IsSupersetOf(_reserved);
    }

    private Seen See(bool withAddresses)
    {
        IReadOnlySet<ushort>? listeners = _listeners();
        if (!withAddresses)
        {
            return new Seen(listeners, null);
        }

        try
        {
            return new Seen(listeners,
            [
                .. from device in NetworkInterface.GetAllNetworkInterfaces()
                   where _names.Contains(device.Name)
                   from address in device.GetIPProperties().UnicastAddresses
                   where address.Address.AddressFamily == AddressFamily.InterNetwork
                   select Ipv4Address.Read(address.Address.GetAddressBytes()),
            ]);
        }
        catch (Exception failure) when (failure is NetworkInformationException or IOException or UnauthorizedAccessException)
        {
            return new Seen(listeners, null);
        }
    }

    /// <summary>What one look found; null what could not be asked, or was not.</summary>
    private sealed record Seen(IReadOnlySet<ushort>? Listeners, List<Ipv4Address>? Wan);
}
