namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>Where in Windows' IP packets are diverted (windivert.h, WINDIVERT_LAYER).</summary>
internal enum DivertLayer
{
    /// <summary>Between the machine itself, with its address translation, and its interfaces.</summary>
    Network = 0,

    /// <summary>Packets that the machine forwards as a router. Windows' address translation does not get along with it.</summary>
    Forward = 1,
}
