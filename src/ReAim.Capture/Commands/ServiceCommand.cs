using System.CommandLine;
using ReAim.Capture.Gateway;
using ReAim.Capture.Windows.Services;

namespace ReAim.Capture.Commands;

/// <summary><c>reaim service</c>: makes this program a service of Windows, which starts with the machine.</summary>
internal static class ServiceCommand
{
    /// <summary>Makes the verb.</summary>
    public static Command Create(TextWriter output) => new(ServiceWords.Verb, "Windows: make reaim a service that starts with the machine, or undo that.")
    {
        CreateInstall(output),
        CreateRemove(output),
        CreateRun(),
    };

    private static Command CreateInstall(TextWriter output)
    {
        var gateway = new GatewayCommandOptions();
        var command = new Command(ServiceWords.InstallWord, "Make the service ReAim, with the options of run.");
        gateway.AddTo(command);
        command.SetAction(result =>
        {
            IServiceSystem services = Services();
            services.Install(gateway.Read(result), WordsAfter(ServiceWords.InstallWord, result));
            output.WriteLine($"The service {ServiceDefinition.Name} is installed. It starts with Windows; sc.exe start {ServiceDefinition.Name} starts it now.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command CreateRemove(TextWriter output)
    {
        var command = new Command(ServiceWords.RemoveWord, "Stop the service and remove it.");
        command.SetAction(_ =>
        {
            Services().Remove();
            output.WriteLine($"The service {ServiceDefinition.Name} is removed.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command CreateRun()
    {
        var gateway = new GatewayCommandOptions();
        var command = new Command(ServiceWords.RunWord) { Hidden = true };
        gateway.AddTo(command);
        command.SetAction(result => Services().RunAsService(() => gateway.Read(result)));
        return command;
    }

    private static IServiceSystem Services() =>
        GatewaySystem.Here.Services ?? throw new BadInputException("reaim service is for Windows: use the systemd unit here; docs/LINUX.md has it.");

    private static IEnumerable<string> WordsAfter(string word, ParseResult result) =>
        result.Tokens.Select(token => token.Value).SkipWhile(value => value != word).Skip(1);
}
