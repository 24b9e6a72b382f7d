using System.Buffers;
using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Monitoring;

/// <summary>
/// Answers those who ask for the status, in a worker's loop. An answer goes whole into the socket's buffer, and the kernel
/// keeps it for the asker: nobody is waited for, and nothing is kept here.
/// </summary>
/// <param name="descriptor">The listening socket, inherited from the supervisor.</param>
internal sealed class StatusListener(int descriptor) : IDisposable
{
    private const int MostInATurn = 4;
    private const int BufferLength = 1 << 20;
    private const uint Root = 0;

    private readonly SafeFileHandle _listener = new(descriptor, ownsHandle: true);

    /// <summary>To wait for askers, with <see cref="PollDescriptor.Readable"/>.</summary>
    public int Descriptor => descriptor;

    /// <summary>Answers root; others get nothing.</summary>
    /// <param name="take">Takes the status; is called only if somebody asks.</param>
    public void Answer(Func<StatusSnapshot> take)
    {
        for (int i = 0; i < MostInATurn; i++)
        {
            using SafeFileHandle? asker = LibC.AcceptUnix(_listener);
            if (asker is null)
            {
                return;
            }

            if (LibC.TryPeer(asker, out LibC.PeerCredentials peer) && peer.User == Root)
            {
                Send(asker, take());
            }
        }
    }

    /// <summary>Gives up the socket; the supervisor keeps it for the next worker.</summary>
    public void Dispose() => _listener.Dispose();

    private static void Send(SafeFileHandle asker, StatusSnapshot status)
    {
        var json = new ArrayBufferWriter<byte>();
        StatusJson.Write(status, json);
        LibC.SetUnixSendBuffer(asker, BufferLength);
        ReadOnlySpan<byte> rest = json.WrittenSpan;
        while (!rest.IsEmpty && LibC.SendUnix(asker, rest) is > 0 and var sent)
        {
            rest = rest[(int)sent..];
        }
    }
}
