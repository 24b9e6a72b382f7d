using ReAim.Capture.Checking;
using ReAim.Capture.Commands;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Windows.Checks;

/// <summary>Which NAT there is, and what follows from that.</summary>
internal static class TranslationCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(WindowsSituation situation)
    {
        yield return Judge(situation);
    }

    private static Finding Judge(WindowsSituation situation)
    {
        NatKind nat = situation.Nat;
        string what = nat == NatKind.None ? "no NAT of Windows' translates here" : $"{GatewayChoice.NameOf(nat)} translates here";
        try
        {
            GatewayOptions chosen = GatewayChoice.Decide(situation.Options, nat);
            if (chosen.Placement == Placement.Router && nat != NatKind.None)
            {
                return Finding.Warning($"{GatewayChoice.NameOf(nat)} runs: if it translates for this LAN, what a router diverts is lost", "leave --placement out then");
            }

            return Finding.Ok($"{what}: --placement {GatewayValues.Text(chosen.Placement)} --translator {GatewayValues.Text(chosen.Translator)}");
        }
        catch (BadInputException refused)
        {
            return Finding.Refused(refused);
        }
    }
}
