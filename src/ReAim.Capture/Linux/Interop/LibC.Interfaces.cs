using System.Runtime.InteropServices;

namespace ReAim.Capture.Linux.Interop;

/// <summary>Interfaces by name.</summary>
internal static partial class LibC
{
    /// <summary>if_nametoindex(3): an interface's index; 0 if there is none of this name.</summary>
    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int InterfaceIndex(string name);
}
