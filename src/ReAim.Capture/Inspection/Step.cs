using ReAim.Alg;

namespace ReAim.Capture.Inspection;

/// <summary>One line of a ladder.</summary>
/// <param name="Time">When its last byte was seen: nanoseconds since 1970.</param>
/// <param name="FromClient">From the client to the server, or back.</param>
/// <param name="Kind">What it is about.</param>
internal sealed record Step(long Time, bool FromClient, StepKind Kind)
{
    /// <summary>Family and subtype of a SNAC, or the channel of a frame, or the command of a proxy message.</summary>
    public uint Code { get; init; }

    /// <summary>What it says, beyond its name; may hold text from the network.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The rendezvous message it carries.</summary>
    public RendezvousMessage? Rendezvous { get; init; }

    /// <summary>The message text it carries.</summary>
    public MessageText? Text { get; init; }

    /// <summary>What is wrong.</summary>
    public Reason Reason { get; init; }
}
