namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>How a handle works (windivert.h, WINDIVERT_FLAG).</summary>
[Flags]
internal enum DivertModes : ulong
{
    /// <summary>Packets are taken out, and go on only if they are sent again.</summary>
    None = 0,

    /// <summary>Copies are taken, the packets go on.</summary>
    Sniff = 0x1,

    /// <summary>Nothing can be sent.</summary>
    ReceiveOnly = 0x4,
}
