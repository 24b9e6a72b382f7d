using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Oscar.Styles;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>Who meets whom, where, over what, and what they do: everything that a seed decides before the first packet.</summary>
internal sealed record StoryPlan
{
    private static readonly (Place Alice, Place Bob)[] Places =
    [
        (Place.Public, Place.Public), (Place.Helped, Place.Public), (Place.Helped, Place.Public), (Place.Public, Place.Helped),
        (Place.Helped, Place.Helped), (Place.Helped, Place.Helped), (Place.Helped, Place.Unhelped), (Place.Unhelped, Place.Helped),
        (Place.Unhelped, Place.Unhelped), (Place.Helped, Place.Neighbour), (Place.Helped, Place.Neighbour),
        (Place.Walled, Place.Public), (Place.Walled, Place.Helped), (Place.Walled, Place.Walled),
    ];

    /// <summary>How many arrangements of the two there are.</summary>
    public static int PlaceCount => Places.Distinct().Count();

    public required uint Seed { get; init; }

    public required Place AlicePlace { get; init; }

    public required Place BobPlace { get; init; }

    public required ClientStyle Alice { get; init; }

    public required ClientStyle Bob { get; init; }

    public required ServerStyle Server { get; init; }

    /// <summary>Between a gateway, or a public host, and the Internet.</summary>
    public required LinkOptions Wan { get; init; }

    public required LinkOptions LanLink { get; init; }

    public required HostOptions AliceHost { get; init; }

    public required HostOptions BobHost { get; init; }

    public required bool NoDelay { get; init; }

    /// <summary>Where Alice's first offer is cut; null if it is not.</summary>
    public required int? CutAt { get; init; }

    /// <summary>True if somebody else has the public ports that clients like.</summary>
    public required bool PortsTaken { get; init; }

    /// <summary>True if Alice, a joscar, thinks that she is 127.0.0.1.</summary>
    public required bool SaysLoopback { get; init; }

    /// <summary>Bytes of a file that Alice offers; 0 for none.</summary>
    public required int FileLength { get; init; }

    /// <summary>Messages of a Direct IM that Alice offers; none for no Direct IM.</summary>
    public required string[] Messages { get; init; }

    /// <summary>Plain IMs before the offers, of growing length, and one after them.</summary>
    public required int InstantMessages { get; init; }

    /// <summary>True if the offers come when all before is acknowledged, so that a cut is seen on the wire.</summary>
    public required bool OffersAfterAPause { get; init; }

    public required AnswerPolicy Answer { get; init; }

    /// <summary>True if Alice cancels before Bob has answered.</summary>
    public required bool Cancels { get; init; }

    /// <summary>True if packets are lost, doubled or overtaken.</summary>
    public bool IsRough => Wan.Loss + Wan.Duplication + Wan.Reordering + LanLink.Loss + LanLink.Reordering > 0;

    /// <summary>How the two find each other where nothing is lost.</summary>
    public SessionOutcome Expected =>
        Cancels ? SessionOutcome.Cancelled
        : Answer == AnswerPolicy.Decline ? SessionOutcome.Declined
        : IsReachable(AlicePlace) ? SessionOutcome.Direct
        : IsReachable(BobPlace) ? SessionOutcome.Redirected
        : SessionOutcome.Proxied;

    public static StoryPlan Of(uint seed)
    {
        var dice = new Dice(seed ^ 0x5EED_0000_0000UL);
        (Place alice, Place bob) = dice.Pick(Places);
        bool rough = dice.Chance(0.4);
        bool cut = dice.Chance(0.5);
        ClientStyle style = dice.Pick(AllStyles.List);
        int what = dice.Below(4);
        double ending = dice.Below(100);
        return new StoryPlan
        {
            Seed = seed,
            AlicePlace = alice,
            BobPlace = bob,
            Alice = style,
            Bob = dice.Pick(AllStyles.List),
            Server = dice.Pick(Enum.GetValues<ServerStyle>()),
            Wan = Link(dice, rough, dice.Between(1, 80) * Simulation.Millisecond),
            LanLink = Link(dice, rough && dice.Chance(0.3), Simulation.Millisecond / 10),
            AliceHost = Host(dice),
            BobHost = Host(dice),
            NoDelay = dice.Chance(0.3),
            CutAt = cut ? dice.Chance(0.5) ? dice.Below(180) : (int)dice.Between(85, 115) : null,
            PortsTaken = !cut && dice.Chance(bob == Place.Neighbour ? 0.4 : 0.2),
            SaysLoopback = style is Joscar && dice.Chance(0.3),
            FileLength = what == 1 ? 0 : dice.Below(40_000) + 1,
            Messages = what == 0 ? [] : [.. Enumerable.Range(0, dice.Below(4) + 1).Select(i => new string((char)('a' + i), dice.Below(300) + 1))],
            InstantMessages = dice.Below(5),
            OffersAfterAPause = dice.Chance(0.7),
            Answer = ending < 6 ? AnswerPolicy.Decline : AnswerPolicy.Accept,
            Cancels = ending >= 94,
        };
    }

    public override string ToString() =>
        $"seed {Seed}: {Alice} ({AlicePlace}) to {Bob} ({BobPlace}), server {Server}, "
        + $"wan {Wan.Latency / Simulation.Millisecond} ms loss {Wan.Loss:p1} dup {Wan.Duplication:p1} reorder {Wan.Reordering:p1} mtu {Wan.Mtu}, lan loss {LanLink.Loss:p1}, "
        + $"nodelay {NoDelay}, probe {AliceHost.TailLossProbe}, cut {CutAt?.ToString() ?? "no"}, ports taken {PortsTaken}, loopback {SaysLoopback}, "
        + $"file {FileLength}, messages {Messages.Length}, ims {InstantMessages}{(OffersAfterAPause ? ", pause" : "")}, {Answer}{(Cancels ? ", cancels" : "")}; expected {Expected}";

    private static bool IsReachable(Place place) => place is not (Place.Unhelped or Place.Walled);

    private static LinkOptions Link(Dice dice, bool rough, long latency) => new()
    {
        Latency = latency,
        Loss = rough && dice.Chance(0.7) ? dice.Below(40) / 1_000.0 : 0,
        Duplication = rough && dice.Chance(0.3) ? dice.Below(50) / 1_000.0 : 0,
        Reordering = rough && dice.Chance(0.5) ? dice.Below(100) / 1_000.0 : 0,
        Mtu = dice.Pick([1_500, 1_500, 1_492, 1_400, 600]),
    };

    private static HostOptions Host(Dice dice) => new()
    {
        TailLossProbe = dice.Chance(0.6),
        DelayedAck = dice.Chance(0.8),
        Mtu = dice.Pick([1_500, 1_500, 1_500, 1_280, 576]),
    };
}
