using System.Runtime.InteropServices;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether there is a library to listen with, where that is wanted.</summary>
internal static class ListeningCheck
{
    // As distributions call it; the last one comes with the package for developers only.
    private static readonly string[] s_libraries = ["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"];

    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (situation.Options.ListensOnly)
        {
            yield return s_libraries.Any(IsThere)
                ? Finding.Ok("libpcap is there to listen with; no packet is touched")
                : Finding.Problem("--mode listen needs libpcap", "install the package libpcap0.8 or libpcap");
        }
    }

    private static bool IsThere(string name)
    {
        if (!NativeLibrary.TryLoad(name, out nint library))
        {
            return false;
        }

        NativeLibrary.Free(library);
        return true;
    }
}
