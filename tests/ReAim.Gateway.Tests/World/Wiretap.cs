using System.Diagnostics;

namespace ReAim.Gateway.Tests.World;

/// <summary>tcpdump at an interface.</summary>
internal sealed class Wiretap
{
    private readonly Process _process;
    private bool _isStopped;

    public Wiretap(NetNamespace place, string device, string filter)
    {
        Device = device;
        File = Path.Combine(Path.GetTempPath(), $"{place.Name}-{device}.pcap");
        _process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", place.Name, "tcpdump", "-i", device, "-w", File, "-U", "-n", "-Z", "root", "-B", "16384", "--immediate-mode", filter])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;
        while (_process.StandardError.ReadLine() is { } line && !line.Contains("listening on", StringComparison.Ordinal))
        {
        }
    }

    public string Device { get; }

    public string File { get; }

    /// <summary>Ends the capture: the file is complete.</summary>
    public void Stop()
    {
        if (!_isStopped)
        {
            _isStopped = true;

            // What has crossed the interface may not have reached the program.
            Thread.Sleep(100);
            Signal.Send(_process.Id, Signal.Interrupt);
            _process.WaitForExit();
            _process.Dispose();
        }
    }

    /// <summary>Ends the capture.</summary>
    /// <param name="isKept">True: the file stays, for whoever must find out why a test failed.</param>
    public void Finish(bool isKept)
    {
        Stop();
        if (isKept)
        {
            TestContext.Out.WriteLine($"What crossed {Device}: {File}");
        }
        else
        {
            System.IO.File.Delete(File);
        }
    }
}
