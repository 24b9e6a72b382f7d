using System.CommandLine;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Commands;

/// <summary><c>reaim run</c>: helps the clients behind this gateway until it is stopped.</summary>
internal static class RunCommand
{
    /// <summary>Makes the verb.</summary>
    public static Command Create(TextWriter error)
    {
        var gateway = new GatewayCommandOptions();
        var command = new Command("run", "Help the clients behind this gateway until stopped. Needs root, or administrator.");
        gateway.AddTo(command);
        command.SetAction(result => GatewaySystem.Here.Run(gateway.Read(result), error));
        return command;
    }
}
