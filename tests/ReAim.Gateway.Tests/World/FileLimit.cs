using System.Globalization;

namespace ReAim.Gateway.Tests.World;

/// <summary>A process that may open no more files, until this is disposed of.</summary>
internal sealed class FileLimit : IDisposable
{
    private const string Usual = "4096:4096";

    private readonly int _process;

    public FileLimit(int process)
    {
        _process = process;

        // The kernel gives the lowest number that is free: from there on there is nothing more to give.
        HashSet<int> used = [.. Directory.GetFileSystemEntries($"/proc/{process}/fd").Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))];
        int free = Enumerable.Range(0, used.Count + 1).First(number => !used.Contains(number));
        Set(string.Create(CultureInfo.InvariantCulture, $"{free}:4096"));
    }

    public void Dispose()
    {
        // What has ended has no limits, and whoever wants to know why must not hear of that instead.
        if (ProcessTable.IsRunning(_process))
        {
            Set(Usual);
        }
    }

    /// <summary>As the user who runs the process: another one may only with a capability that root need not have.</summary>
    private void Set(string limit)
    {
        (string user, string group) = (Id("Uid"), Id("Gid"));
        Shell.Run("setpriv", $"--reuid={user}", $"--regid={group}", "--clear-groups", "prlimit", "--pid", _process.ToString(CultureInfo.InvariantCulture), $"--nofile={limit}");
    }

    private string Id(string name) => ProcessTable.OfEveryThread(_process, name)[0].Split('\t')[0];
}
