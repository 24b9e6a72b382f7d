namespace ReAim.Capture.Diverters.Listen;

/// <summary>The library that captures, as the system has it.</summary>
/// <param name="IsDevice">True if a device of the library's is the interface of some name.</param>
/// <param name="HowToInstall">What to do if it is missing: the end of a sentence.</param>
internal sealed record CaptureLibrary(Func<string, string, bool> IsDevice, string HowToInstall)
{
    /// <summary>That of Linux, which calls devices as the system does.</summary>
    public static CaptureLibrary Libpcap { get; } = new(
        (device, name) => device == name, "--mode listen needs libpcap: install it, for example with apt-get install libpcap0.8");
}
