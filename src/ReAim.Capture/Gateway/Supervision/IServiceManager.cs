namespace ReAim.Capture.Gateway.Supervision;

/// <summary>Who started this program and wants to know how it is.</summary>
internal interface IServiceManager
{
    /// <summary>How often to say <see cref="Alive"/>, in milliseconds; 0 for never.</summary>
    long WatchdogInterval { get; }

    /// <summary>It works now.</summary>
    /// <param name="status">A sentence.</param>
    void Ready(string status);

    /// <summary>It is going to end.</summary>
    void Stopping();

    /// <summary>It is alive.</summary>
    void Alive();

    /// <summary>How it is, in a sentence.</summary>
    void Status(string status);
}
