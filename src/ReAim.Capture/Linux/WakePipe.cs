using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Linux;

/// <summary>Wakes a loop that waits in poll(2), from any thread.</summary>
internal sealed class WakePipe : IDisposable
{
    private readonly SafeFileHandle _read;
    private readonly SafeFileHandle _write;

    /// <summary>Opens it.</summary>
    /// <exception cref="IOException">The process has no descriptor left.</exception>
    public WakePipe() => (_read, _write) = LibC.Pipe();

    /// <summary>Can be read from once somebody has called <see cref="Wake"/>; for poll(2).</summary>
    public int Descriptor => (int)_read.DangerousGetHandle();

    /// <summary>Wakes the loop. Never waits: a pipe that is full wakes it too.</summary>
    public void Wake() => LibC.Write(_write, [1]);

    /// <summary>Lets the loop sleep again. Call it before looking for what there is to do.</summary>
    public void Clear()
    {
        Span<byte> bytes = stackalloc byte[64];
        while (LibC.Read(_read, bytes) == bytes.Length)
        {
            // One byte for each call of Wake.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }
}
