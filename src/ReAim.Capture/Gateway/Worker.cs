using ReAim.Alg;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Gateway;

/// <summary>
/// The loop of the process that reads what comes from the network: packets, timers, orders, questions for the status. It
/// never waits for anything but these, and ticks in every turn.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="diverter">Where packets come from.</param>
/// <param name="effects">Carries out what the engine wants done.</param>
/// <param name="translator">Applies mappings.</param>
/// <param name="events">How it waits.</param>
/// <param name="machine">What may change on the machine: addresses, local listeners.</param>
/// <param name="channel">The supervisor.</param>
/// <param name="status">Those who ask for the status.</param>
/// <param name="snapshot">Takes the status.</param>
/// <param name="recorder">Records packets; null if nobody wants that.</param>
internal sealed class Worker(
    Engine engine,
    IDiverter diverter,
    EffectRunner effects,
    ITranslator translator,
    IWorkerEvents events,
    MachineWatch machine,
    IWorkerChannel channel,
    IStatusListener status,
    Func<StatusSnapshot> snapshot,
    PacketRecorder? recorder)
{
    private const long Millisecond = 1_000_000;

    /// <summary>While packets come without a pause, others have their turn so often.</summary>
    private const long LookInterval = 20 * Millisecond;

    private readonly HeapWatch _heap = new();

    /// <summary>Where offers are written down for the next worker; null if nowhere.</summary>
    public OfferMemory? Offers { get; init; }

    /// <summary>Turns until the supervisor says to end, or is gone.</summary>
    public void Run()
    {
        WorkerOrder orders = WorkerOrder.None;
        WorkerEvents happened = WorkerEvents.None;
        bool isBusy = false;
        long nextLook = long.MinValue;
        while ((orders & (WorkerOrder.Drain | WorkerOrder.Exit)) == 0)
        {
            isBusy = diverter.Turn(isBusy);
            Offers?.Save(engine);
            long now = GatewayClock.Now;
            channel.Tick(now);
            if (isBusy && now < nextLook)
            {
                continue;
            }

            nextLook = now + LookInterval;
            recorder?.Flush();
            effects.ExpectResolved(now);
            machine.Look(now);
            _heap.Look();
            if ((happened & WorkerEvents.Asker) != 0)
            {
                status.Answer(snapshot, now);
            }

            happened = events.Wait(status.TakesAskers(now), isBusy ? 0 : Milliseconds(engine.NextDeadline - GatewayClock.Now));
            orders = (happened & WorkerEvents.Orders) == 0 ? WorkerOrder.None : channel.TakeOrders();
            if (orders.HasFlag(WorkerOrder.Reinstall))
            {
                translator.Reinstall();
                engine.NoteUnseen(GatewayClock.Now);
            }
        }

        diverter.Drain();
        recorder?.Flush();
    }

    /// <summary>How long to sleep: until the next timer, but no longer than a turn may last.</summary>
    private static int Milliseconds(long nanoseconds) =>
        (int)Math.Clamp((nanoseconds + Millisecond - 1) / Millisecond, 0, (long)IWorkerChannel.LongestTurn.TotalMilliseconds);
}
