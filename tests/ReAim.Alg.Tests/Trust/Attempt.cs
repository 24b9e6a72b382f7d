using ReAim.Alg.Tests.World;

namespace ReAim.Alg.Tests.Trust;

/// <summary>An attempt to have a port opened that no client of that host offered.</summary>
/// <param name="Name">What is tried.</param>
/// <param name="Reason">What the engine counts instead of a mapping.</param>
/// <param name="Play">The attempt.</param>
internal sealed record Attempt(string Name, Reason Reason, Action<Gateway> Play)
{
    /// <summary>The name, for the test's name.</summary>
    public override string ToString() => Name;
}
