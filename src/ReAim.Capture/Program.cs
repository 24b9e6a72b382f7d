using ReAim.Capture.Commands;

return CommandLine.Run(args, Console.Out, Console.Error);
