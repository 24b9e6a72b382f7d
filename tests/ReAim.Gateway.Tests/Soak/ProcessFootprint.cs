using System.Globalization;

namespace ReAim.Gateway.Tests.Soak;

/// <summary>What a process has of the machine.</summary>
/// <param name="Resident">Memory, in MB.</param>
/// <param name="Descriptors">Open files.</param>
internal sealed record ProcessFootprint(double Resident, int Descriptors)
{
    public static ProcessFootprint Of(int process)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        double kilobytes = double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return new ProcessFootprint(kilobytes / 1_024, Directory.GetFileSystemEntries($"/proc/{process}/fd").Length);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Resident:F1} MB, {Descriptors} descriptors");
}
