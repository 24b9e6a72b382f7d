using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ReAim.Capture.Programs;

/// <summary>
/// A program of the system, such as nft. It is started with a list of arguments, never through a shell, and in the network
/// namespace of the calling thread.
/// </summary>
internal sealed class SystemProgram
{
    /// <summary>How long a program may take.</summary>
    public static readonly TimeSpan DefaultTime = TimeSpan.FromSeconds(10);

    // Where administrators' programs are; a root shell that came from su need not have them in its PATH.
    private static readonly string[] s_otherFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    private readonly string _path;

    private SystemProgram(string name, string path) => (Name, _path) = (name, path);

    /// <summary>Its name, without the folder.</summary>
    public string Name { get; }

    /// <summary>Looks a program up in PATH and in the folders of administrators' programs.</summary>
    /// <param name="name">Its name, without a folder.</param>
    /// <returns>Null if it is not installed.</returns>
    public static SystemProgram? Find(string name)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        foreach (string folder in folders.Concat(s_otherFolders))
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return new SystemProgram(name, path);
            }
        }

        return null;
    }

    /// <summary>A program of which it is known where it is.</summary>
    /// <param name="path">Its absolute path.</param>
    public static SystemProgram At(string path) => new(Path.GetFileNameWithoutExtension(path), path);

    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">The arguments, each as it is.</param>
    /// <param name="input">What it reads from its standard input.</param>
    /// <param name="time">How long it may take; <see cref="DefaultTime"/> if null.</param>
    /// <exception cref="IOException">It could not be started.</exception>
    public ProgramResult Run(IReadOnlyList<string> arguments, string input = "", TimeSpan? time = null)
    {
        var start = new ProcessStartInfo(_path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What it says is searched for words.
        start.Environment["LC_ALL"] = "C";
        try
        {
            using Process process = Process.Start(start) ?? throw new IOException($"{Name} could not be started.");
            return Finish(process, input, time ?? DefaultTime);
        }
        catch (Win32Exception failure)
        {
            throw new IOException($"{Name} could not be started: {failure.Message}.", failure);
        }
    }

    private ProgramResult Finish(Process process, string input, TimeSpan time)
    {
        // A Process that is disposed of leaves streams open that somebody has used.
        using StreamReader outputReader = process.StandardOutput;
        using StreamReader errorReader = process.StandardError;
        Task<string> output = outputReader.ReadToEndAsync();
        Task<string> error = errorReader.ReadToEndAsync();
        Task write = WriteAsync(process.StandardInput, input);
        if (!process.WaitForExit(time))
        {
            process.Kill();
            process.WaitForExit();
            return new ProgramResult(ProgramResult.TimedOut, "", $"{Name} did not end within {time.TotalSeconds:0} s");
        }

        Task.WaitAll(output, error, write);
        return new ProgramResult(process.ExitCode, output.Result, error.Result);
    }

    private static async Task WriteAsync(StreamWriter writer, string input)
    {
        try
        {
            await using ConfiguredAsyncDisposable closing = writer.ConfigureAwait(false);
            await writer.WriteAsync(input).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It ended without reading everything: its exit code says whether that matters.
        }
    }
}
