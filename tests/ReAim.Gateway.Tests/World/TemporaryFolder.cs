using System.Text;

namespace ReAim.Gateway.Tests.World;

/// <summary>A folder that this test made and removes.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder(string role) => Name = Directory.CreateTempSubdirectory($"reaim-{role}-").FullName;

    /// <summary>Its full name.</summary>
    public string Name { get; }

    /// <summary>The full name of a file or folder in it.</summary>
    public string this[string name] => Path.Combine(Name, name);

    /// <summary>Writes a file in it, and makes the folders on the way.</summary>
    /// <returns>Its full name.</returns>
    public string Write(string name, string text)
    {
        string path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return path;
    }

    public void Dispose() => Moment.Comes(TryDelete, 5);

    /// <summary>A program that was killed a moment ago may still write.</summary>
    private bool TryDelete()
    {
        try
        {
            Directory.Delete(Name, recursive: true);
        }
        catch (IOException)
        {
            return !Directory.Exists(Name);
        }

        return true;
    }
}
