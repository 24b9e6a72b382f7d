using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>How a queue's packets are treated.</summary>
/// <param name="Queue">Its number.</param>
/// <param name="Marks">Our bits in marks.</param>
/// <param name="Repeats">True if a packet that goes on has its chain once more, because rules of others may stand behind ours.</param>
/// <param name="IsPinhole">True if peers' connects skip the rest of the forward rules.</param>
/// <param name="IsDryRun">True if every packet goes on at once as it came.</param>
/// <param name="QueueCounters">The kernel's counters of queues; null if they could not be opened.</param>
internal readonly record struct DiverterOptions(
    ushort Queue, MarkLayout Marks, bool Repeats, bool IsPinhole, bool IsDryRun, SafeFileHandle? QueueCounters);
