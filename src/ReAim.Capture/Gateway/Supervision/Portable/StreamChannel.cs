using ReAim.Capture.Commands;

namespace ReAim.Capture.Gateway.Supervision.Portable;

/// <summary>
/// A worker's line to its supervisor by standard input and output. Threads of its own read and write: a pipe that is full never
/// keeps packets waiting, and a loop that is stuck does not tick.
/// </summary>
internal sealed class StreamChannel : IWorkerChannel
{
    private const int TickInterval = 25;

    /// <summary>So long the loop has to end by itself once nobody supervises it.</summary>
    private const int EndPatience = 1000;

    private readonly Stream _orders;
    private readonly Stream _ticks;
    private readonly Action _wake;
    private readonly ManualResetEventSlim _closed = new();
    private int _turned;
    private int _came;

    /// <summary>Opens the line.</summary>
    /// <param name="orders">Where orders come from; its end is the supervisor's.</param>
    /// <param name="ticks">Where ticks go.</param>
    /// <param name="wake">Wakes the worker's loop, from any thread.</param>
    public StreamChannel(Stream orders, Stream ticks, Action wake)
    {
        (_orders, _ticks, _wake) = (orders, ticks, wake);
        new Thread(Listen) { IsBackground = true, Name = "orders" }.Start();
        new Thread(WriteTicks) { IsBackground = true, Name = "ticks" }.Start();
    }

    /// <inheritdoc/>
    public void Tick(long now) => Volatile.Write(ref _turned, 1);

    /// <inheritdoc/>
    public WorkerOrder TakeOrders() => Volatile.Read(ref _came) == 0 ? WorkerOrder.None : (WorkerOrder)Interlocked.Exchange(ref _came, 0);

    /// <summary>Ends the ticks.</summary>
    public void Dispose() => _closed.Set();

    private void Listen()
    {
        Span<byte> letters = stackalloc byte[64];
        try
        {
            int count;
            while ((count = _orders.Read(letters)) > 0)
            {
                Post(OrderLetters.Read(letters[..count]));
            }
        }
        catch (IOException)
        {
            // As good as its end.
        }

        Post(WorkerOrder.Exit);
        if (!_closed.Wait(EndPatience))
        {
            Environment.Exit(ExitCode.Failure);
        }
    }

    private void Post(WorkerOrder order)
    {
        Interlocked.Or(ref _came, (int)order);
        _wake();
    }

    private void WriteTicks()
    {
        try
        {
            do
            {
                if (Interlocked.Exchange(ref _turned, 0) != 0)
                {
                    _ticks.WriteByte((byte)'.');
                    _ticks.Flush();
                }
            }
            while (!_closed.Wait(TickInterval));
        }
        catch (IOException)
        {
            // Nobody reads any more: the orders' end says so too.
        }
    }
}
