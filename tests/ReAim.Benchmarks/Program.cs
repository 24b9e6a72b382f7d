using BenchmarkDotNet.Running;
using ReAim.Benchmarks.Workloads;

if (args is ["capture", var path, ..])
{
    SyntheticCapture.Write(path, packets: args.Length > 2 ? int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : 1_000_000);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
