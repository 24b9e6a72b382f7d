using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ReAim.Gateway.Tests.World;

/// <summary>tcpdump at an interface.</summary>
internal sealed partial class Wiretap
{
    /// <summary>The largest packet that leaves a host which lets its interface cut: each takes a place of this size in the buffer.</summary>
    private const int LargestPacket = 65_600;

    private const int BufferKiB = 64 << 10;

    private readonly Process _process;
    private readonly Task<string> _said;
    private bool _isStopped;

    public Wiretap(NetNamespace place, string device, string filter)
    {
        Device = device;
        File = Path.Combine(Path.GetTempPath(), $"{place.Name}-{device}.pcap");
        _process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", place.Name, "tcpdump", "-i", device, "-w", File, "-U", "-n", "-Z", "root", "-s", $"{LargestPacket}", "-B", $"{BufferKiB}", "--immediate-mode", filter])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;
        while (_process.StandardError.ReadLine() is { } line && !line.Contains("listening on", StringComparison.Ordinal))
        {
        }

        _said = _process.StandardError.ReadToEndAsync();
    }

    public string Device { get; }

    public string File { get; }

    /// <summary>Packets that crossed and are not in the file, because the machine was too busy. Known once it is stopped.</summary>
    public int MissedCount { get; private set; }

    /// <summary>Ends the capture.</summary>
    public void Stop()
    {
        if (!_isStopped)
        {
            _isStopped = true;

            // What has crossed the interface may not have reached the program.
            Thread.Sleep(100);
            Signal.Send(_process.Id, Signal.Interrupt);
            _process.WaitForExit();
            MissedCount = Missed().Match(_said.Result) is { Success: true } match ? int.Parse(match.Groups[1].Value, null) : 0;
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

    [GeneratedRegex(@"(\d+) packets? dropped by kernel")]
    private static partial Regex Missed();
}
