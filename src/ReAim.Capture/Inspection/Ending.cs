namespace ReAim.Capture.Inspection;

/// <summary>How a connection ended.</summary>
internal enum Ending
{
    /// <summary>It was still there when the capture ended.</summary>
    Open,

    /// <summary>Both sides said that they have no more data, the client first.</summary>
    ClosedByClient,

    /// <summary>The same, the server first.</summary>
    ClosedByServer,

    /// <summary>Broken off by the client.</summary>
    ResetByClient,

    /// <summary>Broken off by the server.</summary>
    ResetByServer,
}
