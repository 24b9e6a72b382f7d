using ReAim.Capture.Inspection;
using ReAim.Capture.Reports;

namespace ReAim.Capture.Tests.World;

/// <summary>Inspections in memory.</summary>
internal static class Inspecting
{
    /// <summary>Inspects Ethernet frames with their times in microseconds.</summary>
    public static InspectionReport Frames(IEnumerable<(long Microseconds, byte[] Frame)> frames, bool showsText = false, Limits? limits = null)
    {
        var inspector = new Inspector(showsText, limits);
        foreach ((long microseconds, byte[] frame) in frames)
        {
            if (frame.Length > 14 && SampleFlow.IsIpv4(frame))
            {
                inspector.Add(SampleFlow.Datagram(frame), microseconds * 1_000);
            }
            else
            {
                inspector.AddOther(microseconds * 1_000);
            }
        }

        return inspector.Finish();
    }

    /// <summary>Inspects datagrams that come a millisecond apart.</summary>
    public static InspectionReport Datagrams(params IEnumerable<byte[]> datagrams) => Datagrams(null, datagrams);

    /// <summary>The same with limits.</summary>
    public static InspectionReport Datagrams(Limits? limits, params IEnumerable<byte[]> datagrams)
    {
        var inspector = new Inspector(showsText: false, limits);
        long time = 1_000_000_000;
        foreach (byte[] datagram in datagrams)
        {
            inspector.Add(datagram, time += 1_000_000);
        }

        return inspector.Finish();
    }

    /// <summary>The ladder as text, without colours.</summary>
    public static string Text(InspectionReport report)
    {
        using var output = new StringWriter();
        LadderText.Write(report, output);
        return output.ToString();
    }
}
