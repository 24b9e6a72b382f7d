namespace ReAim.Capture.Windows.Services;

/// <summary>Where Windows keeps its services, and the sources of its event log.</summary>
internal interface IServiceDatabase
{
    /// <summary>Makes the service: started some time after the system, as LocalSystem, and again after failures.</summary>
    /// <exception cref="BadInputException">There is one already.</exception>
    /// <exception cref="IOException">Windows refuses; nothing was made.</exception>
    void Create(ServiceDefinition service);

    /// <summary>Stops and removes the service.</summary>
    /// <returns>False if there is none.</returns>
    /// <exception cref="IOException">Windows refuses.</exception>
    bool Remove();

    /// <summary>Makes its source in the event log.</summary>
    void AddEventSource();

    /// <summary>Removes its source from the event log, if there is one.</summary>
    void RemoveEventSource();
}
