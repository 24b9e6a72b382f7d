namespace ReAim.Capture.Gateway.Guard;

/// <summary>What a worker wants of the guard's keeper.</summary>
internal enum GuardQuestion : byte
{
    /// <summary>Guard a connection; the answer is a byte, 1 if it is guarded.</summary>
    Guard = 1,

    /// <summary>Guard a connection no longer; there is no answer.</summary>
    Release,

    /// <summary>Name those that are guarded.</summary>
    List,

    /// <summary>End; only the keeper itself says so.</summary>
    End,
}
