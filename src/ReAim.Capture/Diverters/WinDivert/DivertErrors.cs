using System.Globalization;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>Windows' errors as sentences.</summary>
internal static class DivertErrors
{
    /// <summary>What is wrong, and what to do.</summary>
    public static string Sentence(int error) => string.Create(CultureInfo.InvariantCulture, $"WinDivert cannot be opened (error {error}).");
}
