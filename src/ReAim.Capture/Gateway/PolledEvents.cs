using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Linux;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway;

/// <summary>Waits with poll(2).</summary>
/// <param name="packets">Can be read from when packets have come; <see cref="None"/> if who brings them calls <paramref name="wake"/>.</param>
/// <param name="askers">Can be read from when somebody asks for the status.</param>
/// <param name="wake">Wakes the loop.</param>
internal sealed class PolledEvents(int packets, int askers, WakePipe wake) : IWorkerEvents
{
    /// <summary>No file.</summary>
    public const int None = -1;

    /// <inheritdoc/>
    public WorkerEvents Wait(bool takesAskers, int milliseconds)
    {
        Span<PollDescriptor> files =
        [
            new() { Descriptor = packets, Events = PollDescriptor.Readable },
            new() { Descriptor = WorkerChannel.OrdersDescriptor, Events = PollDescriptor.Readable },
            new() { Descriptor = askers, Events = takesAskers ? PollDescriptor.Readable : (short)0 },
            new() { Descriptor = wake.Descriptor, Events = PollDescriptor.Readable },
        ];
        LibC.Poll(files, milliseconds);
        if (files[3].Happened != 0)
        {
            wake.Clear();
        }

        return (files[1].Happened != 0 ? WorkerEvents.Orders : WorkerEvents.None)
            | (files[2].Happened != 0 ? WorkerEvents.Asker : WorkerEvents.None);
    }
}
