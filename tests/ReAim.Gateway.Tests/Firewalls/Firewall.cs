using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Firewalls;

/// <summary>
/// Who rules a gateway's firewall: a program that people use. It masquerades, lets the LAN out, lets translated connections in, and
/// drops or rejects everything else that would be forwarded.
/// </summary>
internal abstract class Firewall : IDisposable
{
    private readonly List<Programs.LiveProgram> _programs = [];

    protected Firewall(HomeGateway gateway)
    {
        Place = gateway.Namespace;

        // In the place of the administrator of the other tests.
        Place.Exec("nft", "flush", "ruleset");
    }

    protected NetNamespace Place { get; }

    /// <summary>Its files: what would be in <c>/etc</c> and <c>/run</c>.</summary>
    protected TemporaryFolder Folder { get; } = new("firewall");

    /// <summary>Loads its rules for the first time.</summary>
    public abstract void Start();

    /// <summary>Loads them again, as after a change.</summary>
    public abstract void Reload();

    public void Dispose()
    {
        _programs.Reverse();
        _programs.ForEach(program => program.Dispose());
        Folder.Dispose();
    }

    /// <summary>Runs a program with files of the folder in the place of others; only it sees them.</summary>
    /// <param name="mounts">A file or folder of ours, and whose place it takes.</param>
    /// <param name="command">The program and its arguments.</param>
    protected void RunWith((string Ours, string Theirs)[] mounts, params string[] command) => Place.Exec("sh", Mounting(mounts, command));

    /// <summary>Starts one in the same way; it runs until this is disposed of.</summary>
    protected Programs.LiveProgram StartWith((string Ours, string Theirs)[] mounts, params string[] command)
    {
        var program = new Programs.LiveProgram(Place, Folder.Name, false, ["sh", .. Mounting(mounts, command)]);
        _programs.Add(program);
        return program;
    }

    // ip netns exec gives a process mounts of its own.
    private static string[] Mounting((string Ours, string Theirs)[] mounts, string[] command) =>
        ["-c", string.Concat(mounts.Select(mount => $"mount --bind '{mount.Ours}' '{mount.Theirs}' && ")) + "exec \"$@\"", "sh", .. command];
}
