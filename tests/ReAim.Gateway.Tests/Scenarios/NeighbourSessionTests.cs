using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>
/// Two libpurples behind one gateway, over a kernel's TCP: each tries all addresses that it is told at once, and keeps the connection
/// that it sees first, whatever the other one keeps.
/// </summary>
[RequiresRoot, RequiresRun]
internal sealed class NeighbourSessionTests
{
    /// <summary>Of each kind, Direct IMs and files.</summary>
    private const int Sessions = 100;

    private static IEnumerable<TestCaseData> Gateways() =>
        from server in Enum.GetValues<ServerStyle>()
        from mode in new[] { "divert", "listen" }
        from translating in new[] { Translating.Nftables, Translating.Relay }
        select new TestCaseData(server, mode, translating).SetArgDisplayNames($"{server}, {mode}, {translating}");

    [TestCaseSource(nameof(Gateways))]
    public void Two_files_and_two_Direct_IMs_between_neighbours_are_clean(object server, string mode, object translating) => Exchange(server, mode, translating, 2);

    [Full]
    [TestCaseSource(nameof(Gateways))]
    public void Two_hundred_files_and_Direct_IMs_between_neighbours_are_all_clean(object server, string mode, object translating) =>
        Exchange(server, mode, translating, Sessions);

    private static void Exchange(object server, string mode, object translating, int count)
    {
        using var lab = new Lab(new LabOptions { Server = (ServerStyle)server, Capture = null });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11");

        // Who only listens hears of an offer when its peer does: a person clicks later than that.
        dave.Client.AnswerDelay = mode == "listen" ? 100 * Simulation.Millisecond : 0;
        using var tool = ((Translating)translating).Start(lab.Gateway, "--mode", mode);
        lab.SignOn();
        for (int i = 0; i < 2 * count; i++)
        {
            Offer offer = i % 2 == 0
                ? lab.Alice.OfferDirectIm(dave, $"hello {i}", "are you there?")
                : lab.Alice.OfferFile(dave, dave.Client.CookieDice.Bytes(20_000));
            offer.WaitForEnd(20);
            Assert.That(
                (offer.Sent.Outcome, offer.Received!.Outcome, offer.Received.ConnectedAtFirstAttempt, offer.WasCountered, offer.IsWhole),
                Is.EqualTo((SessionOutcome.Direct, SessionOutcome.Direct, true, false, true)),
                $"session {i}: {offer}");
        }
    }
}
