using System.CommandLine;
using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Reporting;

namespace ReAim.Capture.Gateway;

/// <summary>What the verbs of a live gateway need of the system they run on.</summary>
internal interface IGatewaySystem
{
    /// <summary>Makes this program a service; null where the system has its own way.</summary>
    IServiceSystem? Services { get; }

    /// <summary>Helps until stopped.</summary>
    /// <param name="options">What the person asked for.</param>
    /// <param name="error">Where the log goes.</param>
    /// <returns>One of <see cref="Commands.ExitCode"/>.</returns>
    /// <exception cref="BadInputException">It cannot work here.</exception>
    int Run(GatewayOptions options, TextWriter error);

    /// <summary>Adds what a supervisor tells its worker to the worker's verb.</summary>
    void AddWorkerOptions(Command command);

    /// <summary>Is the worker until the supervisor says to end.</summary>
    /// <param name="options">What the person asked for.</param>
    /// <param name="link">With the options that <see cref="AddWorkerOptions"/> added.</param>
    /// <param name="reserved">Public ports that belong to the administrator.</param>
    /// <param name="error">Where the log goes.</param>
    /// <returns>One of <see cref="Commands.ExitCode"/>.</returns>
    /// <exception cref="BadInputException">It cannot work here.</exception>
    int Work(GatewayOptions options, ParseResult link, IReadOnlyCollection<ushort> reserved, TextWriter error);

    /// <summary>Says what <see cref="Run"/> would meet.</summary>
    /// <exception cref="BadInputException">What was asked for cannot be looked for.</exception>
    IReadOnlyList<Finding> Check(GatewayOptions options);

    /// <summary>What else a report about this gateway tells of the system.</summary>
    IReadOnlyList<ReportSection> Describe();

    /// <summary>Asks the one that runs here how it is.</summary>
    /// <returns>One JSON object.</returns>
    /// <exception cref="BadInputException">None runs here, or it does not answer this user.</exception>
    ReadOnlyMemory<byte> AskStatus();
}
