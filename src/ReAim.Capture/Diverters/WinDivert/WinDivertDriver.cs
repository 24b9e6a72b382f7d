using ReAim.Capture.Diverters.WinDivert.Interop;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>The real driver.</summary>
/// <param name="calls">Its functions.</param>
/// <param name="wake">Is called, on any thread, when packets have come.</param>
internal sealed class WinDivertDriver(IWinDivertCalls calls, Action wake) : IDivertDriver
{
    /// <summary>As much as the driver can keep: a burst must find room while the loop is busy.</summary>
    private const ulong QueueLength = 16_384;
    private const ulong QueueSize = 32 << 20;

    /// <summary>How long a packet waits in the driver, in milliseconds: what is older is sent again by its sender anyway.</summary>
    private const ulong QueueTime = 2_000;

    /// <summary>What the driver reads: a filter for IPv4 only, for TCP's fields match IPv6 too.</summary>
    public static string TextOf(DivertFilter filter) => $"ip and ({filter})";

    /// <inheritdoc/>
    public int TryOpen(DivertFilter filter, DivertLayer layer, short priority, DivertModes modes, out IDivertHandle? handle)
    {
        handle = null;
        int error = calls.Open(TextOf(filter), layer, priority, modes, out nint opened);
        if (error != 0)
        {
            return error;
        }

        if (Set(opened, DivertParameter.QueueLength, QueueLength) is not 0 and var length)
        {
            return length;
        }

        if (Set(opened, DivertParameter.QueueSize, QueueSize) is not 0 and var size)
        {
            return size;
        }

        if (Set(opened, DivertParameter.QueueTime, QueueTime) is not 0 and var time)
        {
            return time;
        }

        handle = new WinDivertHandle(calls, opened, wake);
        return 0;
    }

    /// <summary>A handle that cannot be set up is closed: what matches it would wait in vain.</summary>
    private int Set(nint handle, DivertParameter parameter, ulong value)
    {
        int error = calls.SetParameter(handle, parameter, value);
        if (error != 0)
        {
            calls.Close(handle);
        }

        return error;
    }
}
