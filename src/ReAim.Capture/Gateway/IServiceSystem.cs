namespace ReAim.Capture.Gateway;

/// <summary>A system whose services programs make themselves.</summary>
internal interface IServiceSystem
{
    /// <summary>Makes this program a service.</summary>
    /// <param name="options">What it is to do.</param>
    /// <param name="words">The same as the person wrote it.</param>
    /// <exception cref="BadInputException">It cannot be one like this, or is one already.</exception>
    /// <exception cref="IOException">The system refuses.</exception>
    void Install(GatewayOptions options, IEnumerable<string> words);

    /// <summary>Stops and removes the service.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    /// <exception cref="IOException">The system refuses.</exception>
    void Remove();

    /// <summary>Is the service, which the system has started.</summary>
    /// <param name="options">Reads what it is to do.</param>
    /// <returns>One of <see cref="Commands.ExitCode"/>.</returns>
    /// <exception cref="BadInputException">The system has not started it.</exception>
    int RunAsService(Func<GatewayOptions> options);
}
