namespace ReAim.Capture.Gateway;

/// <summary>What a worker's loop may be woken by.</summary>
[Flags]
internal enum WorkerEvents
{
    /// <summary>The time is up, or packets came.</summary>
    None = 0,

    /// <summary>The supervisor has something to say.</summary>
    Orders = 1,

    /// <summary>Somebody asks for the status.</summary>
    Asker = 2,
}
