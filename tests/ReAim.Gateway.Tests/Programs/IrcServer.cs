using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>An IRC server or bouncer on a host of its own. Its files are in a folder that is removed with it.</summary>
internal abstract class IrcServer(NetNamespace place, string address) : IDisposable
{
    private LiveProgram? _program;

    /// <summary>How its clients reach it.</summary>
    public virtual IrcAccess Access { get; } = new(address);

    /// <summary>Connections that are open to it.</summary>
    public int ConnectionCount => place.Exec("ss", "-Htn", "state", "established", "src", $"{address}:{IrcAccess.Port}")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    protected TemporaryFolder Folder { get; } = new("ircd");

    public void Dispose()
    {
        _program?.Dispose();
        Folder.Dispose();
    }

    /// <summary>What it said, for a test that failed.</summary>
    protected string Report() => string.Join('\n', _program?.Lines ?? []);

    /// <summary>Starts it and waits until it listens.</summary>
    protected void Run(bool isNobody, params string[] command)
    {
        _program = new LiveProgram(place, Folder.Name, isNobody, command);
        bool listens = Moment.Comes(() => place.Exec("ss", "-Htln", "src", $"{address}:{IrcAccess.Port}").Length > 0, 30);
        Assert.That(listens, $"{command[0]} listens: {Report()}");
    }
}
