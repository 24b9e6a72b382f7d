using System.Text.Json;
using ReAim.Capture.Commands;

namespace ReAim.Capture.Tests.World;

/// <summary>One run of the command, in process.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static readonly string[] Gateway = ["--lan", "192.168.7.0/24", "--public", "203.0.113.7"];

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static CommandRun Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandLine.Run(args, output, error);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    /// <summary>A run with bytes on its standard input.</summary>
    public static CommandRun OfInput(byte[] input, params string[] args) => OfStreams(input, out _, args);

    /// <summary>The same, with the bytes it writes to its standard output.</summary>
    public static CommandRun OfStreams(byte[] input, out byte[] written, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var bytes = new MemoryStream();
        int code = CommandLine.Run(args, new StandardStreams(output, error) { OpenInput = () => new Trickle(input), OpenOutput = () => bytes });
        written = bytes.ToArray();
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    /// <summary>A replay that must succeed, reported as JSON.</summary>
    public static CommandRun Replay(string input, string? output = null)
    {
        CommandRun run = Of(["replay", input, .. output is null ? Array.Empty<string>() : ["-w", output], .. Gateway, "--json"]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return run;
    }
}
