using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace ReAim.Capture.Windows.Interop;

/// <summary>How the service manager calls a process that is one service.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class ServiceDispatcher
{
    private static Action<nint>? s_begin;
    private static Func<uint, uint>? s_hear;
    private static string? s_name;

    /// <summary>Hands this thread to the service manager until the service has stopped.</summary>
    /// <param name="name">The service's name.</param>
    /// <param name="begin">Is the service, on a thread of its own; told by what handle to say how it is. It must not throw.</param>
    /// <param name="hear">Takes the service manager's words, on any thread, and answers with a Windows error. It must not throw.</param>
    /// <returns>False if the service manager did not start this process.</returns>
    public static bool Run(string name, Action<nint> begin, Func<uint, uint> hear)
    {
        (s_name, s_begin, s_hear) = (name, begin, hear);
        fixed (char* text = name)
        {
            Advapi32.ServiceEntry* table = stackalloc Advapi32.ServiceEntry[2];
            table[0] = new Advapi32.ServiceEntry { Name = text, Main = &Begin };
            table[1] = default;
            return Advapi32.StartDispatcher(table);
        }
    }

    [UnmanagedCallersOnly]
    private static void Begin(uint count, char** words) => s_begin!(Advapi32.RegisterHandler(s_name!, &Hear, 0));

    [UnmanagedCallersOnly]
    private static uint Hear(uint control, uint kind, nint data, nint context) => s_hear!(control);
}
