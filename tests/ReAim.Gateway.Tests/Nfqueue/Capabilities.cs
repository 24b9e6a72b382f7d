using System.Runtime.InteropServices;

namespace ReAim.Gateway.Tests.Nfqueue;

/// <summary>A thread's capabilities (capabilities(7)).</summary>
internal static partial class Capabilities
{
    private const uint Version3 = 0x2008_0522;

    /// <summary>Takes all of them from the calling thread, which must be one that ends soon.</summary>
    public static void GiveUpOnThisThread()
    {
        Span<uint> header = [Version3, 0];
        Span<uint> none = stackalloc uint[6];
        none.Clear();
        if (Set(header, none) != 0)
        {
            throw new InvalidOperationException($"capset: error {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int Set(Span<uint> header, Span<uint> data);
}
