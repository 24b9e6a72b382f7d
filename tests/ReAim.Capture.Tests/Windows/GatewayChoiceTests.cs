using ReAim.Capture.Gateway;
using ReAim.Capture.Windows;

namespace ReAim.Capture.Tests.Windows;

internal sealed class GatewayChoiceTests
{
    private static readonly GatewayOptions Open = new() { Lan = ["a"], Wan = ["b"] };

    [TestCase(nameof(NatKind.WinNat), nameof(Placement.BesideNat), nameof(TranslatorKind.WinNat))]
    [TestCase(nameof(NatKind.ConnectionSharing), nameof(Placement.BesideNat), nameof(TranslatorKind.Relay))]
    [TestCase(nameof(NatKind.RoutingService), nameof(Placement.BesideNat), nameof(TranslatorKind.Relay))]
    [TestCase(nameof(NatKind.None), nameof(Placement.Router), nameof(TranslatorKind.Userspace))]
    public void What_is_left_open_follows_from_the_NAT(string nat, string placement, string translator)
    {
        GatewayOptions chosen = GatewayChoice.Decide(Open, Enum.Parse<NatKind>(nat));
        Assert.That((chosen.Placement.ToString(), chosen.Translator.ToString()), Is.EqualTo((placement, translator)));
    }

    [Test]
    public void Who_only_listens_needs_no_placement_of_the_engine_s_own_translator() =>
        Assert.That(GatewayChoice.Decide(Open with { ListensOnly = true }, NatKind.None).Translator, Is.EqualTo(TranslatorKind.Relay));

    [Test]
    public void A_relay_can_be_had_beside_WinNAT_too()
    {
        GatewayOptions chosen = GatewayChoice.Decide(Open with { Translator = TranslatorKind.Relay }, NatKind.WinNat);
        Assert.That((chosen.Placement, chosen.Translator), Is.EqualTo((Placement.BesideNat, TranslatorKind.Relay)));
    }

    [Test]
    public void A_service_that_runs_for_somebody_else_does_not_keep_a_router_from_being_one()
    {
        GatewayOptions chosen = GatewayChoice.Decide(Open with { Placement = Placement.Router }, NatKind.ConnectionSharing);
        Assert.That((chosen.Placement, chosen.Translator), Is.EqualTo((Placement.Router, TranslatorKind.Userspace)));
    }

    [Test]
    public void What_does_not_go_together_is_one_sentence() => Assert.Multiple(() =>
    {
        Refuses(Open with { Placement = Placement.Router }, NatKind.WinNat, "--placement router does not go with WinNAT");
        Refuses(Open with { Translator = TranslatorKind.WinNat }, NatKind.None, "--translator winnat needs WinNAT");
        Refuses(Open with { Translator = TranslatorKind.Relay, Placement = Placement.Router }, NatKind.None, "--translator relay does not go with --placement router");
        Refuses(Open with { Translator = TranslatorKind.Userspace }, NatKind.WinNat, "--translator userspace translates where");
        Refuses(Open with { Translator = TranslatorKind.Userspace, ListensOnly = true }, NatKind.None, "--translator userspace translates where");
    });

    private static void Refuses(GatewayOptions options, NatKind nat, string beginning) =>
        Assert.That(() => GatewayChoice.Decide(options, nat), Throws.TypeOf<BadInputException>().With.Message.StartsWith(beginning));
}
