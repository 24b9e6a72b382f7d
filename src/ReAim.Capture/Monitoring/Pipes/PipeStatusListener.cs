using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Pipes;

namespace ReAim.Capture.Monitoring.Pipes;

/// <summary>
/// Answers those who ask for the status by a named pipe: the answer's length, four bytes little-endian, then the answer. Threads
/// of the pool talk to the askers, a few at a time and for seconds at most; the worker's loop only takes the status.
/// </summary>
internal sealed class PipeStatusListener : IStatusListener
{
    /// <summary>So many askers at a time.</summary>
    public const int MostAskers = 4;

    /// <summary>The bytes before an answer.</summary>
    public const int PrefixLength = 4;

    /// <summary>How long an asker may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<TaskCompletionSource<ReadOnlyMemory<byte>>> _questions = new();
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _places = new(MostAskers);
    private readonly Func<bool, NamedPipeServerStream> _open;
    private readonly Action _wake;
    private readonly Action<string> _log;
    private readonly Task _accepting;

    /// <summary>Begins to listen.</summary>
    /// <param name="open">Opens a further end of the pipe, the first if it is told so.</param>
    /// <param name="wake">Wakes the worker's loop, from any thread.</param>
    /// <param name="log">Is told once when the pipe cannot be opened.</param>
    public PipeStatusListener(Func<bool, NamedPipeServerStream> open, Action wake, Action<string> log)
    {
        (_open, _wake, _log) = (open, wake, log);
        _accepting = Task.Run(AcceptAll);
    }

    /// <summary>Always: who has to wait does so elsewhere.</summary>
    public bool TakesAskers(long now) => true;

    /// <inheritdoc/>
    public void Answer(Func<StatusSnapshot> take, long now)
    {
        while (_questions.TryDequeue(out TaskCompletionSource<ReadOnlyMemory<byte>>? question))
        {
            var json = new ArrayBufferWriter<byte>();
            StatusJson.Write(take(), json);
            question.TrySetResult(json.WrittenMemory);
        }
    }

    /// <summary>Lets nobody ask any more.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _accepting.Wait(Pause);
    }

    private async Task AcceptAll()
    {
        bool isFirst = true;
        bool hasComplained = false;
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await _places.WaitAsync(_end.Token).ConfigureAwait(false);
                NamedPipeServerStream pipe = _open(isFirst);
                isFirst = false;
                await AcceptOne(pipe).ConfigureAwait(false);
                continue;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                if (!hasComplained)
                {
                    hasComplained = true;
                    _log($"nobody can ask for the status: its pipe cannot be opened ({failure.Message.TrimEnd('.')}).");
                }
            }

            _places.Release();
            await Task.Delay(Pause).ConfigureAwait(false);
        }
    }

    private async Task AcceptOne(NamedPipeServerStream pipe)
    {
        try
        {
            await pipe.WaitForConnectionAsync(_end.Token).ConfigureAwait(false);
        }
        catch
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        _ = Task.Run(() => Serve(pipe));
    }

    private async Task Serve(NamedPipeServerStream pipe)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        time.CancelAfter(Patience);
        try
        {
            var question = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
            _questions.Enqueue(question);
            _wake();
            ReadOnlyMemory<byte> answer = await question.Task.WaitAsync(time.Token).ConfigureAwait(false);
            var prefix = new byte[PrefixLength];
            BinaryPrimitives.WriteInt32LittleEndian(prefix, answer.Length);
            await pipe.WriteAsync(prefix, time.Token).ConfigureAwait(false);
            await pipe.WriteAsync(answer, time.Token).ConfigureAwait(false);
            // What was written may be lost if we close first: the asker does when it has everything.
            await pipe.ReadAsync(prefix, time.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // It went, or took too long.
        }
        finally
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            _places.Release();
        }
    }
}
