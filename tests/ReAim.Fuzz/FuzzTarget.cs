namespace ReAim.Fuzz;

/// <summary>Something that reads bytes, and what must hold whatever they are.</summary>
internal abstract class FuzzTarget
{
    /// <summary>The name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Inputs to begin with: each shows the fuzzer a way in.</summary>
    public abstract IEnumerable<byte[]> Seeds { get; }

    /// <summary>Tries one input.</summary>
    /// <param name="input">Any bytes.</param>
    /// <exception cref="Finding">A promise was broken. Any other exception is a finding too.</exception>
    public abstract void Try(ReadOnlySpan<byte> input);
}
