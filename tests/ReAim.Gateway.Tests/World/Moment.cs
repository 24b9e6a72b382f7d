using System.Diagnostics;

namespace ReAim.Gateway.Tests.World;

/// <summary>Waiting for something that is seen from outside only.</summary>
internal static class Moment
{
    /// <summary>Looks again and again.</summary>
    /// <returns>False if it did not become true in the time.</returns>
    public static bool Comes(Func<bool> condition, double seconds)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed.TotalSeconds > seconds)
            {
                return false;
            }

            Thread.Sleep(20);
        }

        return true;
    }
}
