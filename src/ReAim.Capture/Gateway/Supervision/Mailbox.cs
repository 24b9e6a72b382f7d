using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>Letters for a supervisor that waits with poll(2).</summary>
internal sealed class Mailbox : IMailbox, IDisposable
{
    private readonly SafeFileHandle _read;
    private readonly SafeFileHandle _write;

    /// <summary>Opens it.</summary>
    public Mailbox() => (_read, _write) = LibC.Pipe();

    /// <summary>To wait for letters.</summary>
    public int Descriptor => (int)_read.DangerousGetHandle();

    /// <inheritdoc/>
    public void Post(Letter letter)
    {
        try
        {
            LibC.Write(_write, [(byte)letter]);
        }
        catch (ObjectDisposedException)
        {
        }
    }

    /// <inheritdoc/>
    public bool TryTake(out Letter letter)
    {
        Span<byte> one = stackalloc byte[1];
        bool taken = LibC.Read(_read, one) == 1;
        letter = taken ? (Letter)one[0] : default;
        return taken;
    }

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }
}
