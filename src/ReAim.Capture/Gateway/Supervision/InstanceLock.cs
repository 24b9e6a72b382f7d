using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>
/// One ReAim in a network namespace, because the rules are one set: it holds an abstract unix socket, which vanishes with it
/// however it ends. The same socket is where those connect who ask for the status.
/// </summary>
internal sealed class InstanceLock : IDisposable
{
    /// <summary>The socket's name.</summary>
    public const string Name = "@reaim";

    private const int Backlog = 8;

    // Of a supervisor that was killed, worker and socket are there for some milliseconds more.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly SafeFileHandle _listener;

    private InstanceLock(SafeFileHandle listener) => _listener = listener;

    /// <summary>The listening socket, for the worker.</summary>
    public int Descriptor => (int)_listener.DangerousGetHandle();

    /// <summary>Takes the lock of the calling thread's network namespace.</summary>
    /// <param name="name">The socket's name.</param>
    /// <exception cref="BadInputException">Another ReAim has it.</exception>
    public static InstanceLock Take(string name = Name)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            SafeFileHandle listener = LibC.UnixStream();
            if (LibC.ListenUnix(listener, name, Backlog))
            {
                return new InstanceLock(listener);
            }

            Errno error = LibC.LastError;
            listener.Dispose();
            if (error != Errno.AddressInUse)
            {
                throw LibC.Failure("opening the status socket", (int)error);
            }

            if (waited.Elapsed > Patience)
            {
                throw new BadInputException(Sentence(name));
            }

            Thread.Sleep(Pause);
        }
    }

    /// <summary>Gives it back, once no worker has it either.</summary>
    public void Dispose() => _listener.Dispose();

    /// <summary>Who holds a name.</summary>
    /// <param name="name">The socket's name.</param>
    /// <param name="holder">The process that began to listen.</param>
    /// <returns>False if that is not known.</returns>
    public static bool TryHolder(string name, out LibC.PeerCredentials holder)
    {
        using SafeFileHandle socket = LibC.UnixStream();
        holder = default;
        return LibC.ConnectUnix(socket, name) && LibC.TryPeer(socket, out holder);
    }

    private static string Sentence(string name)
    {
        bool isKnown = TryHolder(name, out LibC.PeerCredentials holder);
        string which = isKnown ? string.Create(CultureInfo.InvariantCulture, $", as process {holder.Process}") : "";

        // Anybody may take the name while we do not run.
        return isKnown && holder.User != 0
            ? string.Create(CultureInfo.InvariantCulture, $"the name {name} is taken by process {holder.Process} of user {holder.User}, which is not reaim: stop that one first.")
            : $"reaim runs here already{which}: stop that one first.";
    }
}
