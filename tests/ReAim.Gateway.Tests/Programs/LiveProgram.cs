using System.Diagnostics;
using System.Text;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>A program of somebody else's, running in a namespace until it is disposed of.</summary>
internal sealed class LiveProgram : IDisposable
{
    /// <summary>Debian's <c>nobody</c>: some programs refuse to be root.</summary>
    private const string Nobody = "65534";

    private static readonly string[] s_asNobody = ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"];

    private readonly Process _process;
    private readonly List<string> _lines = [];

    /// <summary>Starts it.</summary>
    /// <param name="place">Where.</param>
    /// <param name="home">Its home and working folder.</param>
    /// <param name="isNobody">Whether it runs as <c>nobody</c>, to whom the folder is given.</param>
    /// <param name="command">The program and its arguments; words with <c>=</c> before it are its environment.</param>
    public LiveProgram(NetNamespace place, string home, bool isNobody, params string[] command)
    {
        if (isNobody)
        {
            Shell.Run("chown", "-R", $"{Nobody}:{Nobody}", home);
        }

        string[] arguments = ["netns", "exec", place.Name, .. isNobody ? s_asNobody : [], "env", $"HOME={home}", "LC_ALL=C.UTF-8", .. command];
        _process = Process.Start(new ProcessStartInfo("ip", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            WorkingDirectory = home,
        })!;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has written so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public bool IsRunning => !_process.HasExited;

    /// <summary>Writes a line to its standard input.</summary>
    public void WriteLine(string text)
    {
        _process.StandardInput.WriteLine(text);
        _process.StandardInput.Flush();
    }

    /// <summary>Ends it and what it has started.</summary>
    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit(5_000);
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is not null)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }
    }
}
