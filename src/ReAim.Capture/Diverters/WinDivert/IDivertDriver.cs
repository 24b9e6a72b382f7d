namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>Opens handles: the driver, or one that is simulated.</summary>
internal interface IDivertDriver
{
    /// <summary>Opens a handle. Packets that match are kept from then on.</summary>
    /// <param name="filter">Which packets.</param>
    /// <param name="layer">Where.</param>
    /// <param name="priority">Handles of a higher one see packets first; what those send again comes to the lower ones.</param>
    /// <param name="modes">How.</param>
    /// <param name="handle">The handle, if it is open.</param>
    /// <returns>0, or a Windows error.</returns>
    int TryOpen(DivertFilter filter, DivertLayer layer, short priority, DivertModes modes, out IDivertHandle? handle);
}
