namespace ReAim.Capture.Monitoring;

/// <summary>Where the log's sentences go.</summary>
internal interface ILogOutput
{
    /// <summary>False while a sentence would have to wait for its reader: then it is left out, because packets must not wait for it.</summary>
    bool IsReady { get; }

    /// <summary>Writes a sentence.</summary>
    void Write(string sentence);
}
