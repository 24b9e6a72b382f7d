using System.Diagnostics;

namespace ReAim.Capture.Tests.World;

/// <summary>tshark as the independent judge of what we write.</summary>
internal static class Tshark
{
    /// <summary>Runs tshark on a capture, with port 5190 decoded as AIM and checksums checked.</summary>
    public static string[] Run(string capture, params string[] arguments)
    {
        var start = new ProcessStartInfo("tshark") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-n", "-r", capture, "-d", "tcp.port==5190,aim", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, errors.Result);
        return lines;
    }

    /// <summary>How many packets of a capture have each kind of fault.</summary>
    public static Dictionary<string, int> Faults(string capture)
    {
        string[] fields =
        [
            "tcp.checksum.status", "ip.checksum.status", "tcp.analysis.lost_segment", "tcp.analysis.ack_lost_segment", "tcp.segment.overlap.conflict",
            "tcp.segment.error", "tcp.analysis.retransmission", "tcp.analysis.out_of_order", "_ws.malformed",
        ];
        string[][] rows = [.. Run(capture, ["-T", "fields", .. fields.SelectMany(field => (string[])["-e", field])]).Select(line => line.Split('\t'))];
        const string BadChecksum = "0";
        return fields.Select((field, column) => (field, column)).ToDictionary(
            entry => entry.field,
            entry => rows.Count(row => entry.field.EndsWith("status", StringComparison.Ordinal)
                ? row[entry.column].Split(',').Contains(BadChecksum)
                : row[entry.column].Length > 0));
    }
}
