using System.CommandLine;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Commands;

/// <summary><c>reaim worker</c>: the process behind <c>run</c> that reads what comes from the network. Nobody types it.</summary>
internal static class WorkerCommand
{
    private const string Name = "worker";

    private const string ReservedOption = "--reserved";

    /// <summary>Makes the verb.</summary>
    public static Command Create(TextWriter error)
    {
        var gateway = new GatewayCommandOptions();
        var command = new Command(Name) { Hidden = true };
        gateway.AddTo(command);
        GatewaySystem.Here.AddWorkerOptions(command);
        command.Add(new Option<string?>(ReservedOption) { Hidden = true });
        command.SetAction(result => GatewaySystem.Here.Work(
            gateway.Read(result), result, PortList.Parse(result.GetValue<string?>(ReservedOption) ?? ""), error));
        return command;
    }

    /// <summary>A worker's command line, but for its link.</summary>
    /// <param name="options">What the person asked for, with the flavour that was found.</param>
    /// <param name="reserved">Public ports that belong to the administrator.</param>
    public static IReadOnlyList<string> Arguments(GatewayOptions options, IReadOnlyCollection<ushort> reserved)
    {
        IReadOnlyList<string> gateway = GatewayCommandOptions.ToArguments(options);
        return reserved.Count > 0 ? [Name, .. gateway, ReservedOption, PortList.Format(reserved)] : [Name, .. gateway];
    }
}
