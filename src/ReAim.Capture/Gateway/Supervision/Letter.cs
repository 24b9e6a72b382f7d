namespace ReAim.Capture.Gateway.Supervision;

/// <summary>What a supervisor hears from its other threads.</summary>
internal enum Letter : byte
{
    /// <summary>SIGTERM or SIGHUP came.</summary>
    Terminate = 1,

    /// <summary>SIGINT came: Ctrl-C.</summary>
    Interrupt,

    /// <summary>Rules were missing and have been restored.</summary>
    Restored,
}
