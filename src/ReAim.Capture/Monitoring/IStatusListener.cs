namespace ReAim.Capture.Monitoring;

/// <summary>Answers those who ask for the status, in a worker's loop. Nobody is waited for.</summary>
internal interface IStatusListener : IDisposable
{
    /// <summary>False while an asker could not be let in, who would wake the loop again at once.</summary>
    /// <param name="now">Nanoseconds of the gateway's clock.</param>
    bool TakesAskers(long now);

    /// <summary>Answers those who have asked.</summary>
    /// <param name="take">Takes the status; is called only if somebody asks.</param>
    /// <param name="now">Nanoseconds of the gateway's clock.</param>
    void Answer(Func<StatusSnapshot> take, long now);
}
