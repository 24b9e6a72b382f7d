namespace ReAim.Capture.Tests.World;

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("reaim-test-");

    public string Path => _folder.FullName;

    public IEnumerable<string> Files => Directory.GetFileSystemEntries(Path).Select(path => System.IO.Path.GetFileName(path)).Order();

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
