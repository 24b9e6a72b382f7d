using System.Runtime.InteropServices;

namespace ReAim.Capture.Linux.Interop;

/// <summary>What <see cref="LibC.Poll"/> waits for at one descriptor: struct pollfd (poll(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    /// <summary>POLLIN: something to read, or a connection to accept.</summary>
    public const short Readable = 1;

    /// <summary>POLLOUT.</summary>
    public const short Writable = 4;

    /// <summary>POLLERR: an error waits to be read.</summary>
    public const short Failed = 8;

    /// <summary>The descriptor; a negative one is skipped.</summary>
    public int Descriptor;

    /// <summary>What is waited for.</summary>
    public short Events;

    /// <summary>What happened; also <see cref="Failed"/> and POLLHUP (16), unasked.</summary>
    public short Happened;
}

internal static partial class LibC
{
    /// <summary>Waits until something happens at one of the descriptors.</summary>
    /// <param name="descriptors">What to wait for; their <see cref="PollDescriptor.Happened"/> is written.</param>
    /// <param name="milliseconds">How long at most; negative for ever.</param>
    /// <returns>At how many something happened; 0 if the time is over or a signal came; negative for an error.</returns>
    public static int Poll(Span<PollDescriptor> descriptors, int milliseconds)
    {
        int happened = PollOnce(descriptors, (nuint)descriptors.Length, milliseconds);
        if (happened >= 0 || LastError != Errno.Interrupted)
        {
            return happened;
        }

        foreach (ref PollDescriptor descriptor in descriptors)
        {
            descriptor.Happened = 0;
        }

        return 0;
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int PollOnce(Span<PollDescriptor> descriptors, nuint count, int milliseconds);
}
