using ReAim.Capture.Gateway;

namespace ReAim.Capture.Windows;

/// <summary>Which placement and which translator suit the NAT that there is.</summary>
internal static class GatewayChoice
{
    /// <summary>Decides what the person left open.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="nat">The NAT of this machine.</param>
    /// <exception cref="BadInputException">What was asked for does not go together, or not with this NAT.</exception>
    public static GatewayOptions Decide(GatewayOptions options, NatKind nat)
    {
        bool hasNat = nat != NatKind.None;
        Placement placement = options.Placement != Placement.Auto ? options.Placement
            : hasNat || options.Translator is TranslatorKind.WinNat or TranslatorKind.Relay ? Placement.BesideNat
            : Placement.Router;
        // The services of the others may run for somebody else, such as a virtual machine.
        if (placement == Placement.Router && nat == NatKind.WinNat && !options.ListensOnly)
        {
            throw new BadInputException($"--placement router does not go with {NameOf(nat)}, which loses what is sent there: leave the option out.");
        }

        TranslatorKind translator = options.Translator != TranslatorKind.Auto ? options.Translator
            : nat == NatKind.WinNat ? TranslatorKind.WinNat
            : placement == Placement.Router && !options.ListensOnly ? TranslatorKind.Userspace
            : TranslatorKind.Relay;
        return translator switch
        {
            TranslatorKind.WinNat when nat != NatKind.WinNat =>
                throw new BadInputException("--translator winnat needs WinNAT, which translates nothing here: make one with New-NetNat, or leave the option out."),
            TranslatorKind.Userspace when placement != Placement.Router || options.ListensOnly =>
                throw new BadInputException("--translator userspace translates where packets are diverted on a router: give it with --placement router, or leave it out."),
            TranslatorKind.Relay when placement == Placement.Router && !options.ListensOnly =>
                throw new BadInputException("--translator relay does not go with --placement router, where peers' packets are translated before a listener sees them: leave one of them out."),
            _ => options with { Placement = placement, Translator = translator },
        };
    }

    /// <summary>What people call it.</summary>
    public static string NameOf(NatKind nat) => nat switch
    {
        NatKind.WinNat => "WinNAT",
        NatKind.ConnectionSharing => "Internet connection sharing (ICS)",
        NatKind.RoutingService => "routing and remote access (RRAS)",
        _ => "no NAT",
    };
}
