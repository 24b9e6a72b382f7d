using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the administrator's own rules let a peer's connect through to a listener of the relay, and its answer back.</summary>
internal static class InputPolicyCheck
{
    /// <summary>Looks. The ports of offers are the clients' own, or from the pool: one of each is tried.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (!situation.Options.Relays)
        {
            return [];
        }

        Finding[] findings =
        [
            .. ArrivalQuestions.Of(situation).Concat(situation.Wan.SelectMany(wan => Questions(situation, wan)))
                .SelectMany(question => question.Ask(situation.Firewall)).Distinct(),
        ];
        return findings.Length > 0 ? findings : [Finding.Ok("peers' connects to this machine pass the input rules")];
    }

    private static IEnumerable<PolicyQuestion> Questions(GatewaySituation situation, NetworkLink wan)
    {
        var pool = new PortRange(situation.Options.Pool.First, situation.Options.Pool.Last);
        yield return new(
            "input",
            PeerPackets.Arriving(situation, wan, isTracked: true),
            ArrivalQuestions.Connects,
            line => $"{line.ForListeners(wan.Name, pool)}; and name the ports that your clients listen on, if they are others");
        foreach (string hook in (string[])["output", "postrouting"])
        {
            yield return new(hook, PeerPackets.OwnAnswers(situation, wan), _ => "the relay's answers to peers", line => line.ForAnswers()) { May = "answers to some peers" };
        }
    }
}
