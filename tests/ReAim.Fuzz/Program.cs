using ReAim.Fuzz;
using SharpFuzz;

// ReAim.Fuzz TARGET              tries what a fuzzer gives it, or one input from standard input
// ReAim.Fuzz seeds FOLDER        writes the seeds, a folder for each target
// ReAim.Fuzz replay FOLDER       tries every file of such folders: to measure coverage, or to see findings again
return args switch
{
    ["seeds", string folder] => WriteSeeds(folder),
    ["replay", string folder] => Replay(folder),
    [string name] when FuzzTargets.Find(name) is { } target => Fuzz(target),
    _ => Explain(),
};

static int Fuzz(FuzzTarget target)
{
    byte[] buffer = new byte[1 << 20];
    Fuzzer.Run(stream => target.Try(buffer.AsSpan(0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false))));
    return 0;
}

static int WriteSeeds(string folder)
{
    foreach (FuzzTarget target in FuzzTargets.All)
    {
        string own = Directory.CreateDirectory(Path.Combine(folder, target.Name)).FullName;
        int number = 0;
        foreach (byte[] seed in target.Seeds)
        {
            File.WriteAllBytes(Path.Combine(own, $"{number++:D4}"), seed);
        }
    }

    return 0;
}

static int Replay(string folder)
{
    if (!Directory.Exists(folder))
    {
        Console.Error.WriteLine($"{folder} is no folder: name one that has a folder for each target.");
        return 2;
    }

    int failed = 0;
    foreach (FuzzTarget target in FuzzTargets.All)
    {
        string own = Path.Combine(folder, target.Name);
        string[] files = Directory.Exists(own) ? Directory.GetFiles(own, "*", SearchOption.AllDirectories) : [];
        foreach (string file in files)
        {
            try
            {
                target.Try(File.ReadAllBytes(file));
            }
            catch (Exception error)
            {
                failed++;
                Console.Error.WriteLine($"{file}: {error}");
            }
        }

        Console.WriteLine($"{target.Name}: {files.Length} inputs");
    }

    return failed == 0 ? 0 : 1;
}

static int Explain()
{
    Console.Error.WriteLine($"ReAim.Fuzz TARGET | seeds FOLDER | replay FOLDER. Targets: {string.Join(' ', FuzzTargets.All.Select(target => target.Name))}");
    return 2;
}
