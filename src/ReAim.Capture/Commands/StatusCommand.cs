using System.Buffers;
using System.CommandLine;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;
using ReAim.Capture.Reports;

namespace ReAim.Capture.Commands;

/// <summary><c>reaim status</c>: how the ReAim that runs here is.</summary>
internal static class StatusCommand
{
    /// <summary>Makes the verb.</summary>
    public static Command Create(TextWriter output)
    {
        var json = new Option<bool>("--json") { Description = "Report as one JSON object." };
        var command = new Command("status", "Show what the running gateway does: mappings, flows, counters.") { json };
        command.SetAction(result => Run(result.GetValue(json), output));
        return command;
    }

    private static int Run(bool json, TextWriter output)
    {
        ReadOnlyMemory<byte> answer = GatewaySystem.Here.AskStatus();
        if (!StatusJson.TryRead(answer, out StatusSnapshot status))
        {
            throw new IOException("reaim's answer is not understood: is it another version?");
        }

        if (json)
        {
            // Written anew: what a worker told may hold more than JSON shows.
            var written = new ArrayBufferWriter<byte>();
            StatusJson.Write(status, written);
            JsonText.WriteLine(written.WrittenSpan, output);
        }
        else
        {
            StatusText.Write(status, output);
        }

        return ExitCode.Success;
    }
}
