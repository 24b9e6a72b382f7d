namespace ReAim.Capture.Gateway.Rules;

/// <summary>Names of network interfaces that may stand in a rule.</summary>
internal static class InterfaceName
{
    /// <summary>The longest name, in bytes (IFNAMSIZ less its end, linux/if.h).</summary>
    public const int MaxLength = 15;

    /// <summary>
    /// True for what Linux allows (dev_valid_name: no space, no slash, no colon), less what means something to nft: a quote
    /// ends a name, an asterisk at its end stands for anything.
    /// </summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength
        && name is not ("." or "..")
        && !name.StartsWith('-')
        && name.All(letter => letter is > ' ' and < '\x7F' and not ('/' or ':' or '"' or '*' or '\\'));
}
