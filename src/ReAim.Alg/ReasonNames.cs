using System.Text;

namespace ReAim.Alg;

/// <summary>The words of <see cref="Reason"/>: kebab-case, made once.</summary>
public static class ReasonNames
{
    private static readonly string[] Names = [.. Enum.GetNames<Reason>().Select(ToKebabCase)];

    /// <summary>How many reasons there are.</summary>
    public static int Count => Names.Length;

    /// <summary>The word of a reason, such as <c>hold-expired</c>.</summary>
    /// <param name="reason">The reason.</param>
    public static string Name(this Reason reason) => Names[(int)reason];

    private static string ToKebabCase(string name)
    {
        var word = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && word.Length > 0)
            {
                word.Append('-');
            }

            word.Append(char.ToLowerInvariant(c));
        }

        return word.ToString();
    }
}
