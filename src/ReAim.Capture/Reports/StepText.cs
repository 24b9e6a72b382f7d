using System.Globalization;
using ReAim.Alg;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Reports;

/// <summary>Writes the lines of a ladder: time, direction, code, name, what it says.</summary>
internal sealed class StepText(LadderLayout layout, TextWriter output, Ansi ansi)
{
    private const int NameWidth = 22;
    private static readonly string Indent = new(' ', 20);

    /// <summary>Writes a line, and for a rendezvous message those that say what is in it.</summary>
    public void Write(Step step)
    {
        string arrow = step.FromClient ? "→" : "←";
        string head = $"  {layout.Time(step.Time)}  {arrow}  {Code(step),-9}  ";
        if (step.Rendezvous is { } message)
        {
            string what = $"{SnacNames.Of(step.Code)} {Printable.Of(step.Detail)}: ";
            output.WriteLine(head + what + ansi.Offer(RendezvousText.Title(message)));
            foreach (string line in RendezvousText.Lines(message))
            {
                output.WriteLine($"{Indent}{line}");
            }

            return;
        }

        string detail = Printable.Of(step.Detail);
        if (step.Text is { } text)
        {
            detail += $" {Text(text)}";
        }

        string body = step.Kind is StepKind.Note or StepKind.Missing or StepKind.Malformed
            ? ansi.Warning($"{Name(step)} [{step.Reason.Name()}]")
            : step.Kind == StepKind.Peer ? detail
            : detail.Length > 0 ? $"{Name(step).PadRight(NameWidth)} {detail}" : Name(step);
        output.WriteLine(head + body);
    }

    /// <summary>A text a person wrote: how long it is, or the text itself if it was asked for.</summary>
    public static string Text(MessageText text) => text.Text is { } said ? $"“{Printable.Of(said, 8_192)}”" : $"({LadderLayout.Count(text.Length, "character")})";

    /// <summary>Family and subtype, or channel.</summary>
    public static string Code(Step step) => step.Kind switch
    {
        StepKind.Snac => string.Create(CultureInfo.InvariantCulture, $"{step.Code >> 16:X4}/{step.Code & 0xFFFF:X4}"),
        StepKind.Hello or StepKind.KeepAlive or StepKind.SignOff or StepKind.OtherFrame => string.Create(CultureInfo.InvariantCulture, $"channel {step.Code}"),
        StepKind.Proxy => string.Create(CultureInfo.InvariantCulture, $"044A/{step.Code:X4}"),
        StepKind.Malformed when step.Code > 0xFFFF => string.Create(CultureInfo.InvariantCulture, $"{step.Code >> 16:X4}/{step.Code & 0xFFFF:X4}"),
        StepKind.Peer => "",
        _ => "!",
    };

    /// <summary>What it is, in the field's words.</summary>
    public static string Name(Step step) => step.Kind switch
    {
        StepKind.Hello => "hello",
        StepKind.KeepAlive => "keep-alive",
        StepKind.SignOff => "sign-off",
        StepKind.OtherFrame => step.Code == 3 ? "frame error" : "unknown channel",
        StepKind.Snac => SnacNames.Of(step.Code),
        StepKind.Proxy => step.Code switch { 1 => "error", 2 => "create", 3 => "created", 4 => "join", 5 => "ready: the peers are connected", _ => "unknown command" },
        StepKind.Peer => "",
        StepKind.Missing => $"{LadderLayout.Count(step.Code, "byte")} missing",
        _ => Printable.Of(step.Detail),
    };
}
