using System.Buffers.Binary;
using System.IO.Pipes;
using System.Security.Principal;

namespace ReAim.Capture.Monitoring.Pipes;

/// <summary>Asks a <see cref="PipeStatusListener"/>.</summary>
internal static class PipeStatusQuery
{
    private const int Longest = 16 << 20;

    /// <summary>A worker that was ended has a successor within this time.</summary>
    private const int ConnectPatience = 1500;

    /// <summary>Asks.</summary>
    /// <param name="name">The pipe's name.</param>
    /// <param name="isReaim">True if who opened the pipe may be believed; anybody may open one of this name while we do not.</param>
    /// <returns>The answer's bytes: one JSON object.</returns>
    /// <exception cref="BadInputException">None runs here, or it does not answer this user.</exception>
    /// <exception cref="IOException">It gave no answer in three seconds.</exception>
    public static ReadOnlyMemory<byte> Ask(string name, Func<NamedPipeClientStream, bool> isReaim)
    {
        // Who answers learns who asks, but cannot act as them.
        using var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous, TokenImpersonationLevel.Identification);
        try
        {
            pipe.Connect(ConnectPatience);
            if (!isReaim(pipe))
            {
                throw new BadInputException($"what answers under the name {name} is not reaim, for no administrator started it: find and stop it.");
            }

            return Read(pipe);
        }
        catch (TimeoutException)
        {
            throw new BadInputException("no ReAim runs here: start it with reaim run, or as a service with reaim service install.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new BadInputException("the status is told to administrators only: ask in a console that was started as administrator.");
        }
    }

    private static ReadOnlyMemory<byte> Read(NamedPipeClientStream pipe)
    {
        using var time = new CancellationTokenSource(PipeStatusListener.Patience);
        try
        {
            // The pipe cannot be read with a timeout but by a task.
            return ReadAsync(pipe, time.Token).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is EndOfStreamException or OperationCanceledException)
        {
            throw new IOException("reaim runs, but its worker gave no answer; ask again.", failure);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(NamedPipeClientStream pipe, CancellationToken token)
    {
        var prefix = new byte[PipeStatusListener.PrefixLength];
        await pipe.ReadExactlyAsync(prefix, token).ConfigureAwait(false);
        int length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length is < 0 or > Longest)
        {
            throw new IOException("reaim's answer is not understood: is it another version?");
        }

        var answer = new byte[length];
        await pipe.ReadExactlyAsync(answer, token).ConfigureAwait(false);
        return answer;
    }
}
