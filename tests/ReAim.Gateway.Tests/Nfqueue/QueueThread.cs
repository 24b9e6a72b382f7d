using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Capture.Linux.Interop;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Nfqueue;

/// <summary>Gives verdicts on a thread of its own until it is disposed, as the gateway's loop does.</summary>
internal sealed class QueueThread : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _stops;
    private volatile Exception? _failure;

    public QueueThread(PacketQueue queue, Handler handler)
    {
        _thread = new Thread(() => Run(queue, handler));
        _thread.Start();
    }

    public delegate void Handler(PacketQueue queue, QueuedPacket packet);

    /// <summary>How many bytes were allocated on the thread while it gave verdicts.</summary>
    public long Allocated { get; private set; }

    /// <summary>A queue in a namespace, which must be free.</summary>
    public static PacketQueue Open(NetNamespace host, QueueOptions options) => host.Inside(() =>
    {
        QueueOpening opening = PacketQueue.TryOpen(options, out PacketQueue? queue, out Errno error);
        Assert.That(opening, Is.EqualTo(QueueOpening.Bound), $"{error}");
        return queue!;
    });

    public void Dispose()
    {
        _stops = true;
        _thread.Join();
        Assert.That(_failure, Is.Null);
    }

    private void Run(PacketQueue queue, Handler handler)
    {
        try
        {
            Span<PollDescriptor> descriptors =
                [new PollDescriptor { Descriptor = queue.Descriptor, Events = PollDescriptor.Readable }];
            long before = GC.GetAllocatedBytesForCurrentThread();
            while (!_stops)
            {
                LibC.Poll(descriptors, milliseconds: 10);
                queue.Receive();
                while (queue.TryTake(out QueuedPacket packet))
                {
                    handler(queue, packet);
                }

                queue.Flush();
            }

            Allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
    }
}
