using System.Reflection;
using ReAim.Alg;
using ReAim.Alg.Translation;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Supervision;

namespace ReAim.Capture.Monitoring;

/// <summary>Takes the status of a worker at the moment when somebody asks.</summary>
internal sealed class StatusTaker(GatewayOptions options, WorkerHistory history, Engine engine, PublicAddresses addresses, IDiverter diverter, ITranslator translator)
{
    /// <summary>The version of this program.</summary>
    public static readonly string Version =
        typeof(StatusTaker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>Takes it.</summary>
    public StatusSnapshot Take()
    {
        long now = GatewayClock.Now;
        var mappings = new List<StatusMapping>();
        foreach (Offer offer in engine.PendingOffers)
        {
            mappings.Add(new StatusMapping(
                offer.Mapping,
                offer.PeerName,
                Time(now - offer.Opened),
                offer.HasDeadline ? Time(offer.Deadline - now) : null,
                offer.ConnectedFrom.IsZero ? null : offer.ConnectedFrom));
        }

        return new StatusSnapshot
        {
            Version = Version,
            Process = Environment.ProcessId,
            Uptime = TimeSpan.FromMilliseconds(Environment.TickCount64 - history.Started),
            Restarts = history.Restarts,
            Mode = (options.DryRun, options.ListensOnly) switch
            {
                (true, _) => "dry-run",
                (_, true) => "listen",
                _ => "divert",
            },
            Flavour = (options.ListensOnly, options.Flavour) switch
            {
                (false, QueueFlavour.Nft) => "nft",
                (false, QueueFlavour.Iptables) => "iptables",
                _ => null,
            },
            Public = [.. addresses.Found],
            Flows = engine.FlowCount,
            Held = engine.KeptCount,
            Mappings = mappings,
            Reasons = [.. engine.Reasons.NonZero().Select(pair => KeyValuePair.Create(pair.Key.Name(), pair.Value))],
            Counters = [.. diverter.Counters, .. translator.Counters],
        };
    }

    private static TimeSpan Time(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / 100);
}
