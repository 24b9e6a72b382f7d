using System.Text;
using ReAim.Capture.Commands;

if (OperatingSystem.IsWindows())
{
    // Reports are the same bytes everywhere, also in a file.
    Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    Console.Out.NewLine = Console.Error.NewLine = "\n";
}

return CommandLine.Run(args, ProcessStreams.Open());
