using System.Globalization;
using CsCheck;

namespace ReAim.Alg.Tests.World;

/// <summary>
/// Checks a property on generated cases: always the same ones, so that a red run can be repeated. Slow campaigns set
/// REAIM_TEST_SCALE (how many times as many cases) and REAIM_TEST_SEED (other cases).
/// </summary>
internal static class Property
{
    private static readonly uint Seed = Number("REAIM_TEST_SEED", 1);
    private static readonly uint Scale = Number("REAIM_TEST_SCALE", 1);

    /// <summary>Checks a property; a failing case is shown with the seed that makes it.</summary>
    public static void Holds<T>(Gen<T> cases, int count, Action<T> check, Func<T, string> show)
    {
        for (uint number = 0; number < count * Scale; number++)
        {
            T one = cases.Generate(new PCG(Seed, number), null, out _);
            try
            {
                check(one);
            }
            catch (Exception error)
            {
                throw new AssertionException($"case {number} of seed {Seed}:\n{show(one)}\n{error}", error);
            }
        }
    }

    private static uint Number(string variable, uint otherwise) =>
        uint.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : otherwise;
}
