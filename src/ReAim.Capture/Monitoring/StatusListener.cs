using System.Buffers;
using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Monitoring;

/// <summary>
/// Answers those who ask for the status by a unix socket. An answer goes whole into the socket's buffer, and the kernel
/// keeps it for the asker: nobody is waited for, and nothing is kept here.
/// </summary>
/// <param name="descriptor">The listening socket, inherited from the supervisor.</param>
/// <param name="log">Is told once when askers cannot be answered.</param>
internal sealed class StatusListener(int descriptor, Action<string> log) : IStatusListener
{
    private const int MostInATurn = 4;
    private const int BufferLength = 1 << 20;
    private const uint Root = 0;
    private const long Pause = 1_000_000_000;

    private readonly SafeFileHandle _listener = new(descriptor, ownsHandle: true);
    private long _pausedUntil = long.MinValue;
    private bool _hasComplained;

    /// <summary>To wait for askers, while <see cref="TakesAskers"/> says so.</summary>
    public int Descriptor => descriptor;

    /// <inheritdoc/>
    public bool TakesAskers(long now) => now >= _pausedUntil;

    /// <summary>Answers root; others get nothing.</summary>
    /// <param name="take">Takes the status; is called only if somebody asks.</param>
    /// <param name="now">Nanoseconds of the gateway's clock.</param>
    public void Answer(Func<StatusSnapshot> take, long now)
    {
        for (int i = 0; i < MostInATurn; i++)
        {
            using SafeFileHandle? asker = LibC.AcceptUnix(_listener, out Errno error);
            if (asker is null)
            {
                if (error is Errno.TooManyFiles or Errno.TableFull)
                {
                    Wait(error, now);
                }

                return;
            }

            _hasComplained = false;
            if (LibC.TryPeer(asker, out LibC.PeerCredentials peer) && peer.User == Root)
            {
                Send(asker, take());
            }
        }
    }

    /// <summary>Gives up the socket; the supervisor keeps it for the next worker.</summary>
    public void Dispose() => _listener.Dispose();

    private void Wait(Errno error, long now)
    {
        _pausedUntil = now + Pause;
        if (!_hasComplained)
        {
            _hasComplained = true;
            log($"who asks for the status has to wait: no file can be opened any more (error {(int)error}). Packets do not need one.");
        }
    }

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
