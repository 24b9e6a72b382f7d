using System.Runtime.InteropServices;

namespace ReAim.Capture.Diverters.WinDivert.Interop;

/// <summary>The real functions.</summary>
internal sealed class WinDivertCalls : IWinDivertCalls
{
    private const nint InvalidHandle = -1;
    private const int ShutdownReceiving = 1;
    private const int ShutdownBoth = 3;

    /// <inheritdoc/>
    public int Open(string filter, DivertLayer layer, short priority, DivertModes modes, out nint handle)
    {
        try
        {
            handle = WinDivertApi.Open(filter, (int)layer, priority, (ulong)modes);
            return handle == InvalidHandle ? Failed() : 0;
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            handle = InvalidHandle;
            return failure is DllNotFoundException ? DivertErrors.LibraryNotFound : DivertErrors.BadLibrary;
        }
    }

    /// <inheritdoc/>
    public int Receive(nint handle, Span<byte> packets, Span<DivertAddress> addresses, out int length, out int count)
    {
        uint addressesLength = (uint)(addresses.Length * DivertAddress.Length);
        bool received = WinDivertApi.Receive(handle, packets, (uint)packets.Length, out uint bytes, 0, addresses, ref addressesLength, 0);
        (length, count) = received ? ((int)bytes, (int)addressesLength / DivertAddress.Length) : (0, 0);
        return received ? 0 : Failed();
    }

    /// <inheritdoc/>
    public int Send(nint handle, ReadOnlySpan<byte> packets, ReadOnlySpan<DivertAddress> addresses) =>
        WinDivertApi.Send(handle, packets, (uint)packets.Length, out _, 0, addresses, (uint)(addresses.Length * DivertAddress.Length), 0) ? 0 : Failed();

    /// <inheritdoc/>
    public int Shutdown(nint handle, bool isReceivingOnly) => WinDivertApi.Shutdown(handle, isReceivingOnly ? ShutdownReceiving : ShutdownBoth) ? 0 : Failed();

    /// <inheritdoc/>
    public int Close(nint handle) => WinDivertApi.Close(handle) ? 0 : Failed();

    /// <inheritdoc/>
    public int SetParameter(nint handle, DivertParameter parameter, ulong value) => WinDivertApi.SetParameter(handle, (int)parameter, value) ? 0 : Failed();

    /// <summary>An error without a number is one all the same.</summary>
    private static int Failed() => Marshal.GetLastPInvokeError() is not 0 and var error ? error : DivertErrors.Unknown;
}
