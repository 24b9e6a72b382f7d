namespace ReAim.Capture.Gateway.Supervision;

/// <summary>What a supervisor tells its worker.</summary>
[Flags]
internal enum WorkerOrder
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The rules were restored, empty: install all mappings and servers again now.</summary>
    Reinstall = 1,

    /// <summary>Give every packet its verdict and end.</summary>
    Drain = 2,

    /// <summary>Nobody supervises any more: end at once.</summary>
    Exit = 4,
}
