using System.Text;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>An IRC program on a host of its own, as a test commands it. Its files are in a folder that is removed with it.</summary>
internal abstract class IrcClient : IDisposable
{
    private LiveProgram? _program;

    protected IrcClient(NetNamespace place, string nick)
    {
        (Place, Nick) = (place, nick);
        Folder = new TemporaryFolder(nick);
        Downloads = Directory.CreateDirectory(Folder["downloads"]).FullName;
    }

    public NetNamespace Place { get; }

    public string Nick { get; }

    /// <summary>Where it keeps what it gets.</summary>
    public string Downloads { get; }

    /// <summary>What it has shown so far.</summary>
    public abstract IReadOnlyList<string> Lines { get; }

    protected TemporaryFolder Folder { get; }

    protected LiveProgram Program => _program ?? throw new InvalidOperationException($"{Nick} is not running.");

    /// <summary>Starts it; it signs on by itself.</summary>
    public void Start(IrcAccess access) => _program = Launch(access);

    /// <summary>Gives it a command, as a person types it.</summary>
    public abstract void Order(string command);

    /// <summary>Whether it has shown a text.</summary>
    public bool HasShown(string text) => Lines.Any(line => line.Contains(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>From now on it listens for peers at this port; 0 for any.</summary>
    public abstract void UsePort(int port);

    /// <summary>Offers a file.</summary>
    public virtual void Offer(string to, string path) => Order($"/dcc send {to} {Quote(path)}");

    /// <summary>Offers a file for which the other one is to listen.</summary>
    public abstract void OfferPassive(string to, string path);

    /// <summary>Takes the file that somebody has offered, where it does not do so by itself.</summary>
    public virtual void TakeFile(string from)
    {
    }

    /// <summary>Asks for a conversation without the server.</summary>
    public virtual void OfferChat(string to) => Order($"/dcc chat {to}");

    /// <summary>Whether that conversation has begun.</summary>
    public abstract bool IsChatting(string with);

    /// <summary>Says something in it.</summary>
    public virtual void SayInChat(string to, string text) => Order($"/msg ={to} {text}");

    /// <summary>Whether the other one's words have been shown.</summary>
    public abstract bool HasHeardInChat(string from, string text);

    /// <summary>The names of the files it got with exactly these bytes.</summary>
    public IReadOnlyList<string> FilesLike(string path)
    {
        long length = new FileInfo(path).Length;
        string[] candidates = [.. Directory.GetFiles(Downloads).Where(file => new FileInfo(file).Length == length)];
        return candidates.Length == 0 ? [] : [.. candidates.Where(file => FileHash.Of(file) == FileHash.Of(path)).Select(Path.GetFileName)!];
    }

    /// <summary>Its last words, for a test that failed.</summary>
    public string Report(int count = 12) =>
        $"{Nick}:\n  {string.Join("\n  ", Lines.TakeLast(count))}\n  {string.Join(' ', Directory.GetFiles(Downloads).Select(file => $"[{Path.GetFileName(file)}: {new FileInfo(file).Length}]"))}";

    public void Dispose()
    {
        _program?.Dispose();
        Folder.Dispose();
    }

    protected abstract LiveProgram Launch(IrcAccess access);

    /// <summary>A file name as a word of a command.</summary>
    protected virtual string Quote(string path) =>
        path.AsSpan().ContainsAny(' ', '"') ? $"\"{path.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : path;

    /// <summary>Lines of a file that it writes; none while there is no file.</summary>
    protected static string[] ReadLines(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Makes a pipe that it reads commands from.</summary>
    protected string MakePipe(string name)
    {
        string path = Folder[name];
        Shell.Run("mkfifo", "-m", "666", path);
        return path;
    }

    protected static void WriteToPipe(string path, string line)
    {
        // The program holds the other end open.
        using var pipe = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        pipe.Write(Encoding.UTF8.GetBytes($"{line}\n"));
    }
}
