using ReAim.Capture.Gateway.Supervision;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Supervision;

/// <summary>The program that stands in for supervisor and worker.</summary>
internal static class TestProgramFiles
{
    private const string Library = "ReAim.Gateway.TestProgram.dll";

    /// <summary>The runtime that runs it.</summary>
    public static string Runtime { get; } =
        Environment.ProcessPath is { } own && Path.GetFileName(own) == "dotnet" ? own : Shell.Run("which", "dotnet").Trim();

    /// <summary>Its path.</summary>
    public static string LibraryPath { get; } = Path.Combine(AppContext.BaseDirectory, Library);

    /// <summary>It as a worker.</summary>
    public static WorkerProgram Program { get; } = WorkerProgram.Managed(Runtime, LibraryPath, isHost: true);

    /// <summary>A copy of it in a folder that only one user may enter.</summary>
    public static WorkerProgram CopyFor(string folder, int owner)
    {
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        Shell.Run("chown", "-R", $"{owner}:{owner}", folder);
        Shell.Run("chmod", "700", folder);
        return WorkerProgram.Managed(Runtime, Path.Combine(folder, Library), isHost: true);
    }
}
