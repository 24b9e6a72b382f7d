namespace ReAim.Capture.Gateway.Supervision;

/// <summary>Orders as a worker's standard input has them: a byte each.</summary>
internal static class OrderLetters
{
    /// <summary>An order as it is written.</summary>
    public static byte Write(WorkerOrder order) => order == WorkerOrder.Reinstall ? (byte)'i' : (byte)'q';

    /// <summary>Reads letters; unknown ones mean nothing.</summary>
    public static WorkerOrder Read(ReadOnlySpan<byte> letters)
    {
        var orders = WorkerOrder.None;
        foreach (byte letter in letters)
        {
            orders |= letter switch
            {
                (byte)'i' => WorkerOrder.Reinstall,
                (byte)'q' => WorkerOrder.Drain,
                _ => WorkerOrder.None,
            };
        }

        return orders;
    }
}
