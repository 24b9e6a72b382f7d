using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the administrator's own rules let a relay connect to the clients of the LAN, and their answers back.</summary>
internal static class OutputPolicyCheck
{
    private const string Some = "the relay's connects to some clients";

    /// <summary>Looks. Only a relay connects by itself; to ports that clients choose, of which two are tried.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation) => situation.Options.Relays
        ? situation.Lan.SelectMany(Questions).SelectMany(question => question.Ask(situation.Firewall)).Distinct()
        : [];

    private static IEnumerable<PolicyQuestion> Questions(NetworkLink lan)
    {
        foreach (string hook in (string[])["output", "postrouting"])
        {
            yield return new(hook, PeerPackets.OwnConnects(lan), _ => $"the relay's connects to clients behind {lan.Name}", line => line.ForConnects(lan.Name)) { May = Some };
        }

        foreach (string hook in (string[])["prerouting", "input"])
        {
            yield return new(hook, PeerPackets.AnswersToOwn(lan), _ => $"the answers of clients behind {lan.Name} to the relay", line => line.ForAnswers()) { May = "answers of some clients to the relay" };
        }
    }
}
