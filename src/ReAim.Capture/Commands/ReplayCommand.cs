using System.CommandLine;
using ReAim.Alg;
using ReAim.Alg.Translation.Userspace;
using ReAim.Alg.Wire;
using ReAim.Capture.Captures;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Reports;

namespace ReAim.Capture.Commands;

/// <summary><c>reaim replay</c>: a recording through the engine, as if this were the gateway.</summary>
internal static class ReplayCommand
{
    /// <summary>Makes the verb.</summary>
    public static Command Create(StandardStreams streams)
    {
        var input = new Argument<string>("INPUT") { Description = "The recording: pcap or pcapng, also compressed with gzip; - for standard input." };
        var write = new Option<string?>("--write", "-w")
        {
            Description = "Where to write the packets as they leave the gateway; - for standard output.",
            HelpName = "FILE",
        };
        var lan = new Option<string[]>("--lan")
        {
            Description = "The networks behind the gateway, such as 192.168.7.0/24.",
            HelpName = "CIDR",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
        };
        var publicAddress = new Option<string>("--public") { Description = "The gateway's public address.", HelpName = "ADDRESS", Required = true };
        var translate = new Option<bool>("--translate")
        {
            Description = "Forward connects to the public address as the mappings say, as the gateway's own translation would.",
        };
        var json = new Option<bool>("--json") { Description = "Report as one JSON object." };
        var command = new Command("replay", "Feed a recording through the engine and write the packets as they leave it.")
        {
            input, write, lan, publicAddress, translate, json,
        };
        command.SetAction(result => Run(
            result.GetRequiredValue(input),
            result.GetValue(write),
            result.GetRequiredValue(lan),
            result.GetRequiredValue(publicAddress),
            result.GetValue(translate),
            result.GetValue(json),
            streams));
        return command;
    }

    private static int Run(string input, string? outputPath, string[] lan, string publicText, bool translate, bool json, StandardStreams streams)
    {
        Ipv4Network[] networks = [.. lan.Select(Ipv4Network.Parse)];
        Ipv4Address publicAddress = ParsePublic(publicText, networks);
        using CaptureReader reader = CaptureReader.Open(input, streams.OpenInput);
        using CaptureWriter? writer = outputPath is null ? null : CaptureWriter.Create(outputPath, input, streams.OpenOutput);
        var engine = new Engine(new EngineOptions { PublicAddress = publicAddress, Hairpins = translate });
        var report = new ReplayReport { Input = input, Output = outputPath, Reasons = engine.Reasons };

        using var stop = new StopRequest(input == CaptureFile.Standard, writer is null ? null : writer.Abandon);
        UserspaceTranslator? translator = translate ? new UserspaceTranslator(engine) : null;
        new ReplayDiverter(engine, translator, new LanNetworks(networks), reader, writer, report).Run(stop.Token);
        if (stop.Token.IsCancellationRequested)
        {
            streams.Error.WriteLine("reaim: stopped; no output was written.");
            return ExitCode.Interrupted;
        }

        writer?.Complete();
        if (report.IsTruncated)
        {
            streams.Error.WriteLine($"reaim: {CaptureFile.NameOf(input)} is cut off or damaged after {report.PacketsIn} packets: those were replayed.");
        }

        if (report.Cut.Sentence is { } sentence)
        {
            streams.Error.WriteLine($"reaim: {sentence}");
        }

        // Between packets nothing else may stand.
        TextWriter output = CaptureWriter.IsStandardOutput(outputPath) ? streams.Error : streams.Output;

        if (json)
        {
            ReplayReportJson.Write(report, output);
        }
        else
        {
            ReplayReportText.Write(report, output);
        }

        return ExitCode.Success;
    }

    private static Ipv4Address ParsePublic(string text, Ipv4Network[] networks)
    {
        if (!Ipv4Address.TryParse(text, out Ipv4Address address) || !address.IsUnicast)
        {
            throw new BadInputException($"--public {text} is not a host's IPv4 address: write the gateway's public address, such as 203.0.113.7.");
        }

        foreach (Ipv4Network network in networks)
        {
            if (network.Contains(address))
            {
                throw new BadInputException($"--public {text} lies inside --lan {network}: the public address is the one on the gateway's other side.");
            }
        }

        return address;
    }
}
