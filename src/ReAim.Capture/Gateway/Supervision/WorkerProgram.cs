namespace ReAim.Capture.Gateway.Supervision;

/// <summary>The program that a worker is: this one, once more.</summary>
/// <param name="Path">The absolute path of what is executed.</param>
/// <param name="First">Arguments that come before the worker's own: the library, where <c>dotnet</c> is what is executed.</param>
/// <param name="Files">What the worker must be able to read besides.</param>
internal sealed record WorkerProgram(string Path, IReadOnlyList<string> First, IReadOnlyList<string> Files)
{
    private static readonly string[] Needed = [".dll", ".json", ".so"];

    /// <summary>The program that runs now, however it was built and started.</summary>
    public static WorkerProgram Own()
    {
        string path = Environment.ProcessPath ?? throw new IOException("the path of this program is not known: is /proc mounted?");
        string library = System.IO.Path.GetFullPath(Environment.GetCommandLineArgs()[0]);
        bool isManaged = library.EndsWith(".dll", StringComparison.Ordinal) && File.Exists(library);
        bool isHost = System.IO.Path.GetFileNameWithoutExtension(path) == "dotnet";
        return isManaged ? Managed(path, library, isHost) : new WorkerProgram(path, [], []);
    }

    /// <summary>A program that the runtime <paramref name="path"/> loads from <paramref name="library"/>.</summary>
    /// <param name="path">What is executed.</param>
    /// <param name="library">The library, beside which everything else lies that it needs.</param>
    /// <param name="isHost">True if the library must be named to it.</param>
    public static WorkerProgram Managed(string path, string library, bool isHost)
    {
        IEnumerable<string> files = Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(library)!);
        return new WorkerProgram(path, isHost ? [library] : [], [.. files.Where(IsNeeded)]);
    }

    private static bool IsNeeded(string file) => Needed.Contains(System.IO.Path.GetExtension(file));
}
