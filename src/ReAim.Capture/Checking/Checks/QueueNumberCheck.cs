using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Diverters.Nfqueue;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the numbers of our two queues are free: one program can have each.</summary>
internal static class QueueNumberCheck
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks. That a ReAim which runs here has it is no news.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        ushort number = situation.Options.Queue;
        if (situation.Options.ListensOnly)
        {
            yield break;
        }

        IReadOnlyDictionary<ushort, string> queues = situation.Queues;
        ushort[] taken = [.. ((ushort[])[number, QueueNumbers.Closed(number)]).Where(queues.ContainsKey)];
        foreach (ushort one in taken)
        {
            SocketOwner? owner = NetfilterQueues.Owner(queues[one]);
            if (!IsOurs(owner, situation))
            {
                yield return Finding.Problem(
                    $"netfilter queue {one} is used by {owner?.ToString() ?? "another program"}", $"choose another number with --queue, such as --queue {Free(queues, number)}");
                yield break;
            }
        }

        if (queues.Count == 0 && situation.TryQueue(number) == QueueOpening.NotSupported)
        {
            yield return Finding.Problem("this kernel has no NFQUEUE (nfnetlink_queue)", "load or build it, or use --mode listen");
        }
    }

    /// <summary>Makes the check for a program that is alone here.</summary>
    /// <exception cref="BadInputException">Another program has the number, and keeps it: of a ReAim that was killed the worker may have it for an instant.</exception>
    public static void Require(GatewaySituation situation)
    {
        Finding? problem = null;
        for (int tries = 0; tries < 20; tries++)
        {
            problem = Look(situation).FirstOrDefault();
            if (problem is null)
            {
                return;
            }

            Thread.Sleep(s_pause);
            situation = new GatewaySituation(situation.Options) { Instance = null, TryQueue = situation.TryQueue };
        }

        throw new BadInputException(problem!.Sentence);
    }

    // The supervisor holds the instance's socket, its worker the queue.
    private static bool IsOurs(SocketOwner? owner, GatewaySituation situation) =>
        situation.Instance is { } instance && (owner is null || owner.Id == instance.Process || owner.Parent == instance.Process);

    private static ushort Free(IReadOnlyDictionary<ushort, string> queues, ushort taken)
    {
        ushort free = taken;
        do
        {
            free = free >= QueueNumbers.Last ? (ushort)0 : (ushort)(free + 1);
        }
        while (queues.ContainsKey(free) || queues.ContainsKey(QueueNumbers.Closed(free)));
        return free;
    }
}
