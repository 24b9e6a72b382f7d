using System.Globalization;
using System.Runtime.InteropServices;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>The signals that ask a program to end, as letters.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Has them posted.</summary>
    public StopSignals(IMailbox mailbox)
    {
        Post(PosixSignal.SIGTERM, mailbox, Letter.Terminate);
        Post(PosixSignal.SIGINT, mailbox, Letter.Interrupt);
        Post(PosixSignal.SIGQUIT, mailbox, Letter.Terminate);
        if (!IsHangUpIgnored())
        {
            Post(PosixSignal.SIGHUP, mailbox, Letter.Terminate);
        }
    }

    /// <summary>Leaves them to the system again.</summary>
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void Post(PosixSignal signal, IMailbox mailbox, Letter letter) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            mailbox.Post(letter);
        }));

    /// <summary>True under nohup, which means what it says: bit 0 of the mask is signal 1.</summary>
    private static bool IsHangUpIgnored()
    {
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return line is not null
            && ulong.TryParse(line.AsSpan(7).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong mask)
            && (mask & 1) != 0;
    }
}
