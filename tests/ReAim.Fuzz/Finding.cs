namespace ReAim.Fuzz;

/// <summary>Something happened that must never happen, whatever comes in.</summary>
internal sealed class Finding(string message) : Exception(message)
{
    /// <summary>Says what must hold; cheap enough to be asked for every packet.</summary>
    /// <param name="holds">Whether it does.</param>
    /// <param name="promise">What must hold, as a sentence.</param>
    /// <exception cref="Finding">It does not.</exception>
    public static void Unless(bool holds, string promise)
    {
        if (!holds)
        {
            throw new Finding(promise);
        }
    }
}
