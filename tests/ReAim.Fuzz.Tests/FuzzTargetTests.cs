using System.Globalization;
using System.Runtime.CompilerServices;

namespace ReAim.Fuzz.Tests;

/// <summary>
/// The targets without a fuzzer: their seeds, what a fuzzer has found, and mutations of both. Slow campaigns set REAIM_TEST_SCALE
/// (how many times as many) and REAIM_TEST_SEED (other ones); tests/fuzz.sh lets a fuzzer look at coverage, and names by
/// REAIM_FUZZ_INPUTS what that found.
/// </summary>
internal sealed class FuzzTargetTests
{
    private const int MutationsPerScale = 4_000;

    private static IReadOnlyList<string> Names => [.. FuzzTargets.All.Select(target => target.Name)];

    private static IReadOnlyList<string> NamesWithFindings => [.. Names.Where(name => Findings(name).Any())];

    [TestCaseSource(nameof(Names))]
    public void Seeds_keep_all_promises(string name)
    {
        FuzzTarget target = FuzzTargets.Find(name)!;
        byte[][] seeds = [.. target.Seeds];
        Assert.That(seeds, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (byte[] seed in seeds)
            {
                Assert.That(() => target.Try(seed), Throws.Nothing, Convert.ToHexStringLower(seed));
            }
        });
    }

    [TestCaseSource(nameof(NamesWithFindings))]
    public void What_was_found_once_is_not_found_again(string name)
    {
        FuzzTarget target = FuzzTargets.Find(name)!;
        foreach (string file in Findings(name))
        {
            Assert.That(() => target.Try(File.ReadAllBytes(file)), Throws.Nothing, file);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Mutations_keep_all_promises(string name)
    {
        FuzzTarget target = FuzzTargets.Find(name)!;
        byte[][] begin = [.. target.Seeds, .. Findings(name).Select(File.ReadAllBytes)];
        int seed = Number("REAIM_TEST_SEED", 1);
        int count = MutationsPerScale * Number("REAIM_TEST_SCALE", 1);
        for (int number = 0; number < count; number++)
        {
            byte[] input = Mutation.Of(begin, new Random(HashCode(seed, number)));
            try
            {
                target.Try(input);
            }
            catch (Exception error)
            {
                throw new AssertionException($"mutation {number} of seed {seed}:\n{Convert.ToHexStringLower(input)}\n{error}", error);
            }
        }
    }

    private static int HashCode(int seed, int number) => unchecked((seed * 1_000_003) + number);

    private static IEnumerable<string> Findings(string name)
    {
        string[] folders = [Path.Combine(Path.GetDirectoryName(SourceFile())!, "Findings"), Environment.GetEnvironmentVariable("REAIM_FUZZ_INPUTS") ?? ""];
        return folders
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder).Order(StringComparer.Ordinal));
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;

    private static string SourceFile([CallerFilePath] string file = "") => file;
}
