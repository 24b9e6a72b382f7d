namespace ReAim.Alg.Wire;

/// <summary>
/// The option lists of IPv4 (RFC 791 3.1) and TCP (RFC 9293 3.1), which are built alike: kind 0 ends the list, kind 1 is one
/// byte, any other kind is followed by its length, which counts kind and length too.
/// </summary>
internal static class OptionList
{
    private const byte End = 0;
    private const byte NoOperation = 1;

    /// <summary>True if every option up to the end lies within the list.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty && options[0] != End)
        {
            int length = 1;
            if (options[0] != NoOperation)
            {
                if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
                {
                    return false;
                }

                length = options[1];
            }

            options = options[length..];
        }

        return true;
    }
}
