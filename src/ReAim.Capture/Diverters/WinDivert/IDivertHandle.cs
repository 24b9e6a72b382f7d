namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>
/// An open handle. Packets wait in the driver, up to two seconds by default; what waits longer, or finds no room, is dropped,
/// and when the handle is closed nobody is promised what becomes of what waits then. Nothing here waits, except for the rest after <see cref="StopReceiving"/>.
/// </summary>
internal interface IDivertHandle : IDisposable
{
    /// <summary>Takes what has come.</summary>
    /// <param name="batch">Is filled.</param>
    /// <returns>False if nothing has.</returns>
    /// <exception cref="IOException">The handle is of no more use.</exception>
    bool TryReceive(DivertBatch batch);

    /// <summary>Sends packets: each goes on from where its address says it was.</summary>
    /// <returns>How many could not be sent.</returns>
    int Send(DivertBatch batch);

    /// <summary>
    /// Ends the diverting: what comes from now on passes by itself. What waits can still be received: until <see cref="TryReceive"/> returns false,
    /// which then waits for the driver if need be.
    /// </summary>
    void StopReceiving();
}
