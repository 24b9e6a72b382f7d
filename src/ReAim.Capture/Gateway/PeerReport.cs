using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>How far a peer's connect came that a translator takes itself.</summary>
internal enum PeerStep
{
    /// <summary>Its handshake with this gateway is complete; nobody on the LAN knows of it yet.</summary>
    Arrived,

    /// <summary>The LAN host took the connection too.</summary>
    Connected,

    /// <summary>The LAN host did not answer.</summary>
    Unanswered,
}

/// <summary>A peer's connect that waits for a decision. Asked on any thread, answered on the loop's.</summary>
/// <param name="step">How far it came.</param>
/// <param name="mapping">What it came by, as it was installed.</param>
/// <param name="peer">Where it comes from.</param>
internal sealed class PeerReport(PeerStep step, Mapping mapping, Ipv4Endpoint peer)
{
    // Whoever waits goes on elsewhere: the loop must not carry anybody's bytes.
    private readonly TaskCompletionSource<bool> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How far it came.</summary>
    public PeerStep Step => step;

    /// <summary>What it came by, as it was installed.</summary>
    public Mapping Mapping => mapping;

    /// <summary>Where it comes from.</summary>
    public Ipv4Endpoint Peer => peer;

    /// <summary>True, later, if it may go on.</summary>
    public Task<bool> IsAdmitted => _answer.Task;

    /// <summary>Decides; the first answer counts.</summary>
    public void Answer(bool isAdmitted) => _answer.TrySetResult(isAdmitted);
}
