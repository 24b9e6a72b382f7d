using System.Runtime.InteropServices;

namespace ReAim.Capture.Gateway.Supervision.Portable;

/// <summary>
/// What a console sends to all of its programs: Ctrl-C, Ctrl-Break, that it is closed, that the system is shut down. After the
/// latter two Windows ends a program as soon as it has taken note: so that waits until it is ready to end, for five seconds.
/// </summary>
internal sealed class ConsoleSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly ManualResetEventSlim _over = new();

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Takes them.</summary>
    /// <param name="post">Is told of each, on any thread.</param>
    public ConsoleSignals(Action<Letter> post)
    {
        Take(PosixSignal.SIGINT, Letter.Interrupt, isLast: false, post);
        Take(PosixSignal.SIGQUIT, Letter.Terminate, isLast: false, post);
        Take(PosixSignal.SIGTERM, Letter.Terminate, isLast: true, post);
        Take(PosixSignal.SIGHUP, Letter.Terminate, isLast: true, post);
    }

    /// <summary>Says that the program may end, and leaves the signals to the system again.</summary>
    public void Dispose()
    {
        _over.Set();
        _registrations.ForEach(registration => registration.Dispose());
    }

    private void Take(PosixSignal signal, Letter letter, bool isLast, Action<Letter> post) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            post(letter);
            if (isLast)
            {
                _over.Wait(Patience);
            }
        }));
}
