using System.CommandLine;
using ReAim.Capture.Captures;
using ReAim.Capture.Inspection;
using ReAim.Capture.Reports;

namespace ReAim.Capture.Commands;

/// <summary><c>reaim inspect</c>: what the OSCAR connections of a capture said, for a person to read.</summary>
internal static class InspectCommand
{
    /// <summary>Makes the verb.</summary>
    public static Command Create(StandardStreams streams)
    {
        var input = new Argument<string>("INPUT") { Description = "The capture: pcap or pcapng, also compressed with gzip; - for standard input." };
        var json = new Option<bool>("--json") { Description = "Report as one JSON object." };
        var showText = new Option<bool>("--show-text") { Description = "Show the texts of messages, which are private." };
        var command = new Command("inspect", "Show each OSCAR connection of a capture, and what became of each rendezvous.") { input, json, showText };
        command.SetAction(result => Run(result.GetRequiredValue(input), result.GetValue(json), result.GetValue(showText), streams));
        return command;
    }

    private static int Run(string input, bool json, bool showText, StandardStreams streams)
    {
        // Whoever writes into a pipe gets the same Ctrl-C, and ends it.
        using StopRequest? stop = input == CaptureFile.Standard ? new StopRequest(isPipe: true) : null;
        using CaptureReader reader = CaptureReader.Open(input, streams.OpenInput);
        var inspector = new Inspector(showText);
        var cut = new SnapLength();
        while (reader.TryRead(out CaptureRecord record))
        {
            if (record.IsPacket)
            {
                cut.Take(record);
                Add(inspector, reader.Bytes.Slice(record.FrameOffset, record.FrameLength), record);
            }
        }

        InspectionReport report = inspector.Finish();
        (report.Input, report.IsTruncated) = (input, reader.IsTruncated);
        (report.CutPackets, report.CutSentence) = (cut.Packets, cut.Sentence);
        if (report.IsTruncated)
        {
            streams.Error.WriteLine($"reaim: {CaptureFile.NameOf(input)} is cut off or damaged after {report.Packets} packets: those were read.");
        }

        if (json)
        {
            LadderJson.Write(report, streams.Output);
        }
        else
        {
            LadderText.Write(report, streams.Output, streams.Colours());
        }

        return ExitCode.Success;
    }

    private static void Add(Inspector inspector, Span<byte> frame, in CaptureRecord record)
    {
        if (!LinkLayer.IsKnown(record.LinkType))
        {
            throw new BadInputException($"the capture has link type {record.LinkType}, which is not supported: record on an Ethernet, Linux cooked, PPP, Wi-Fi or raw IP interface.");
        }

        int offset = LinkLayer.FindIpv4(record.LinkType, frame);
        if (offset == LinkLayer.None)
        {
            inspector.AddOther(record.Time);
            return;
        }

        Span<byte> datagram = frame[offset..];
        OffloadedHeader.Complete(datagram, record.OriginalLength - offset);
        if (record.Point == RecordingPoint.After)
        {
            inspector.AddDeparture(datagram, record.Time);
        }
        else
        {
            inspector.Add(datagram, record.Time);
        }
    }
}
