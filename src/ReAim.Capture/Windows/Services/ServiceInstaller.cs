using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Supervision;

namespace ReAim.Capture.Windows.Services;

/// <summary>Makes this program a service, and undoes it.</summary>
/// <param name="database">Where services are.</param>
internal sealed class ServiceInstaller(IServiceDatabase database)
{
    /// <summary>Installs it.</summary>
    /// <param name="program">This program.</param>
    /// <param name="options">What it is to do, read and checked already.</param>
    /// <param name="words">The same as the person wrote it: names of servers are resolved at each start.</param>
    /// <exception cref="BadInputException">It cannot be a service like this, or is one already.</exception>
    public void Install(WorkerProgram program, GatewayOptions options, IEnumerable<string> words)
    {
        // A service begins in Windows' own folder.
        if (options.Record is { } record && !IsRooted(record))
        {
            throw new BadInputException($"--record {record} is written from another folder by a service: give the whole path.");
        }

        database.Create(new ServiceDefinition(WindowsCommandLine.Of(program.Path, [.. program.First, .. ServiceWords.Run, .. words])));
        try
        {
            database.AddEventSource();
        }
        catch
        {
            database.Remove();
            throw;
        }
    }

    /// <summary>Removes it.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public void Remove()
    {
        bool removed = database.Remove();
        database.RemoveEventSource();
        if (!removed)
        {
            throw new BadInputException($"there is no service {ServiceDefinition.Name}: install it with reaim service install.");
        }
    }

    private static bool IsRooted(string path) =>
        (path.Length > 2 && path[1] == ':' && path[2] is '\\' or '/') || path.StartsWith(@"\\", StringComparison.Ordinal);
}
