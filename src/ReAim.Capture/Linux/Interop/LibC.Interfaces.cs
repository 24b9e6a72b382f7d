using System.Runtime.InteropServices;

namespace ReAim.Capture.Linux.Interop;

/// <summary>Interfaces by name.</summary>
internal static partial class LibC
{
    /// <summary>Looks an interface's index up.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="index">The index; 0 if there is no interface of this name.</param>
    /// <returns>False if it cannot be told now, as where no descriptor is left for the question.</returns>
    public static bool TryInterfaceIndex(string name, out int index)
    {
        index = NameToIndex(name);
        return index != 0 || LastError == Errno.NoDevice;
    }

    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int NameToIndex(string name);
}
