namespace ReAim.Capture.Diverters.WinDivert.Interop;

/// <summary>WinDivert's functions as a handle uses them, each with the Windows error it failed with, or 0.</summary>
internal interface IWinDivertCalls
{
    /// <summary>Opens a handle.</summary>
    int Open(string filter, DivertLayer layer, short priority, DivertModes modes, out nint handle);

    /// <summary>Waits for packets. Called by one thread at a time.</summary>
    int Receive(nint handle, Span<byte> packets, Span<DivertAddress> addresses, out int length, out int count);

    /// <summary>Sends packets.</summary>
    int Send(nint handle, ReadOnlySpan<byte> packets, ReadOnlySpan<DivertAddress> addresses);

    /// <summary>Ends receiving, or everything.</summary>
    int Shutdown(nint handle, bool isReceivingOnly);

    /// <summary>Closes a handle.</summary>
    int Close(nint handle);

    /// <summary>Sets a parameter.</summary>
    int SetParameter(nint handle, DivertParameter parameter, ulong value);
}
