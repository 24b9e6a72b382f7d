namespace ReAim.NatLab.Tests.Oscar;

/// <summary>The time between an offer's arrival and its user's answer, in which the other side may change its mind.</summary>
internal static class Hesitation
{
    /// <summary>Waits as the client's user does.</summary>
    /// <param name="mail">What the negotiation is told meanwhile.</param>
    /// <param name="client">Whose user thinks.</param>
    /// <param name="proposal">The offer.</param>
    /// <returns>The offer to follow, a later one perhaps; or null and what happened: over, cancelled, or the user declines.</returns>
    public static async Task<(RendezvousMessage? Proposal, Signal? End)> WaitAsync(Mailbox<Signal> mail, AimClient client, RendezvousMessage proposal)
    {
        long? thinking = client.Answer == AnswerPolicy.Ignore ? null : client.AnswerDelay;
        while (await mail.NextAsync(thinking) is { } signal)
        {
            switch (signal)
            {
                case Over or CancelledByPeer or GivenUp:
                    return (null, signal);
                case Proposed newer:
                    proposal = newer.Proposal;
                    break;
            }
        }

        return client.Answer == AnswerPolicy.Decline ? (null, new GivenUp()) : (proposal, null);
    }
}
