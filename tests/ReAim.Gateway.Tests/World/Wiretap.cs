using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ReAim.Gateway.Tests.World;

/// <summary>tcpdump at an interface.</summary>
internal sealed partial class Wiretap
{
    /// <summary>The largest packet of a host that lets its interface cut, and of another. Each takes such a place in the buffer.</summary>
    private const int LargestUncut = 65_600;
    private const int LargestCut = 1_600;

    private const int BufferKiB = 64 << 10;

    /// <summary>Longer than a delayed acknowledgement, in milliseconds.</summary>
    private const int Quiet = 100;

    private readonly NetNamespace _place;
    private readonly Process _process;
    private readonly Task<string> _said;
    private bool _isStopped;

    public Wiretap(NetNamespace place, string device, string filter, bool offloads)
    {
        (_place, Device) = (place, device);
        File = Path.Combine(Path.GetTempPath(), $"{place.Name}-{device}.pcap");
        string[] buffer = ["-s", $"{(offloads ? LargestUncut : LargestCut)}", "-B", $"{BufferKiB}", "--immediate-mode"];
        string[] command = ["tcpdump", "-i", device, "-w", File, "-U", "-n", "-Z", "root", .. buffer, filter];
        _process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", place.Name, .. command])
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

    /// <summary>Ends captures at the same moment, once nothing has crossed for a while, so that they end with the same packets.</summary>
    public static void Stop(params Wiretap[] taps)
    {
        long before = -1;
        for (int i = 0; i < 40 && taps.Sum(tap => tap.Crossed) is { } now && now != before; i++)
        {
            before = now;
            Thread.Sleep(Quiet);
        }

        foreach (Wiretap tap in taps)
        {
            Signal.Send(tap._process.Id, Signal.Interrupt);
        }

        foreach (Wiretap tap in taps)
        {
            tap.Stop();
        }
    }

    /// <summary>Ends the capture.</summary>
    public void Stop()
    {
        if (!_isStopped)
        {
            _isStopped = true;
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

    /// <summary>Packets that the interface has carried.</summary>
    private long Crossed => new[] { "rx_packets", "tx_packets" }
        .Sum(name => long.Parse(_place.Exec("cat", $"/sys/class/net/{Device}/statistics/{name}"), null));

    [GeneratedRegex(@"(\d+) packets? dropped by kernel")]
    private static partial Regex Missed();
}
