using System.Diagnostics;

namespace ReAim.Gateway.Tests.World;

/// <summary>Runs the programs that the tests need on this machine: ip, nft, iptables, conntrack, tcpdump.</summary>
internal static class Shell
{
    /// <summary>Runs a program to its end; fails the test with what it said if its exit code is not 0.</summary>
    public static string Run(string program, params string[] arguments) => RunWithInput(program, "", arguments);

    /// <summary>The same, with text on its standard input.</summary>
    public static string RunWithInput(string program, string input, params string[] arguments)
    {
        (int code, string output, string error) = TryRun(program, input, arguments);
        return code == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {code}: {error}{output}\n{input}");
    }

    /// <summary>Runs a program to its end.</summary>
    public static (int Code, string Output, string Error) TryRun(string program, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }
}
