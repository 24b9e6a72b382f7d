using System.Buffers;
using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Monitoring;

/// <summary>Asks the ReAim of this network namespace how it is.</summary>
internal static class StatusQuery
{
    private const int ReadLength = 16_384;
    private const int Longest = 16 << 20;
    private const uint Root = 0;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Asks.</summary>
    /// <param name="name">The socket's name.</param>
    /// <returns>The answer's bytes: one JSON object.</returns>
    /// <exception cref="BadInputException">None runs here, or it does not answer this user.</exception>
    /// <exception cref="IOException">It gave no answer in three seconds.</exception>
    public static ReadOnlyMemory<byte> Ask(string name = InstanceLock.Name)
    {
        using SafeFileHandle socket = LibC.UnixStream(Patience);
        if (!LibC.ConnectUnix(socket, name))
        {
            throw new BadInputException("no ReAim runs here: start it with reaim run, or ask in the network namespace where it runs.");
        }

        // Anybody may listen under this name while we do not.
        if (!LibC.TryPeer(socket, out LibC.PeerCredentials peer) || peer.User != Root)
        {
            throw new BadInputException($"what answers under the name {name} is not reaim but process {peer.Process} of user {peer.User}: stop that one.");
        }

        if (!Environment.IsPrivilegedProcess)
        {
            throw new BadInputException("the status is told to root only: ask with sudo.");
        }

        ReadOnlyMemory<byte> answer = ReadAll(socket);
        return answer.IsEmpty ? throw new IOException("reaim runs, but its worker gave no answer; ask again.") : answer;
    }

    private static ReadOnlyMemory<byte> ReadAll(SafeFileHandle socket)
    {
        var answer = new ArrayBufferWriter<byte>();
        nint count;
        do
        {
            count = LibC.Read(socket, answer.GetSpan(ReadLength));
            answer.Advance((int)Math.Max(count, 0));
        }
        while (count > 0 && answer.WrittenCount < Longest);
        return answer.WrittenMemory;
    }
}
