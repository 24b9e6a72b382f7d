using System.Globalization;
using ReAim.Alg;
using ReAim.NatLab.Tests.Oscar;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>
/// A thousand stories by seed: through no, one and two gateways, with and without a helper, every client against every other.
/// Slow campaigns set REAIM_TEST_SCALE (how many times as many) and REAIM_TEST_SEED (others).
/// </summary>
[TestFixture]
internal sealed class StoryTests
{
    private const uint PerTest = 100;
    private const int MaxShown = 3;
    internal static readonly uint Seed = Number("REAIM_TEST_SEED", 0);
    internal static readonly uint Scale = Number("REAIM_TEST_SCALE", 1);

    [Test]
    public void Everybody_reaches_everybody_and_nothing_is_left_behind([Range(0, 9)] int hundred) => PlayAll((uint)hundred, PerTest, Machine.Plain);

    /// <summary>Plays so many stories as are meant for a part of a test, times the scale.</summary>
    internal static void PlayAll(uint part, uint perPart, Machine machine)
    {
        uint count = perPart * Scale;
        var failures = new List<string>();
        var unlucky = new List<string>();
        for (uint i = 0; i < count && failures.Count < MaxShown; i++)
        {
            if (Play((Seed * 1_000_003) + (part * count) + i, machine, out bool isBadLuck) is { } failure)
            {
                (isBadLuck ? unlucky : failures).Add(failure);
            }
        }

        if (unlucky.Count > count / 5_000)
        {
            failures.AddRange(unlucky);
        }

        Assert.That(failures, Is.Empty, string.Join("\n\n", failures));
    }

    /// <summary>Otherwise the thousand could all be alike.</summary>
    [Test]
    public void A_thousand_stories_meet_everything_that_can_happen_at_a_gateway()
    {
        var counts = new Dictionary<Reason, long>();
        var outcomes = new Dictionary<SessionOutcome, int>();
        var pairs = new HashSet<(string, string, ServerStyle)>();
        var places = new HashSet<(Place, Place)>();
        for (uint seed = 0; seed < 1_000; seed++)
        {
            StoryPlan plan = StoryPlan.Of(seed);
            pairs.Add((plan.Alice.Name, plan.Bob.Name, plan.Server));
            places.Add((plan.AlicePlace, plan.BobPlace));
            var story = new Story(plan);
            story.Play();
            foreach ((Reason reason, long count) in story.Internet.Gateways.SelectMany(gateway => gateway.Engine.Reasons.NonZero()))
            {
                counts[reason] = counts.GetValueOrDefault(reason) + count;
            }

            foreach (RendezvousSession session in story.Internet.Clients.SelectMany(client => client.Sessions))
            {
                outcomes[session.Outcome] = outcomes.GetValueOrDefault(session.Outcome) + 1;
            }
        }

        TestContext.Out.WriteLine(string.Join('\n', counts.Select(count => $"{count.Value,6} {count.Key.Name()}").Concat(outcomes.Select(outcome => $"{outcome.Value,6} {outcome.Key}"))));
        Assert.That((pairs.Count, places.Count), Is.EqualTo((5 * 5 * 2, StoryPlan.PlaceCount)), "every client against every other over both servers, everywhere");
        Reason[] met =
        [
            Reason.OfferRewritten, Reason.OfferLate, Reason.OfferTranslatedBack, Reason.OfferFromOutside, Reason.Proxied,
            Reason.Released, Reason.HoldExpired, Reason.Connected, Reason.Redirected, Reason.Cancelled, Reason.Declined, Reason.Accepted,
            Reason.NoMapping, Reason.ServerLearnt,
        ];
        Assert.That(met.Where(reason => counts.GetValueOrDefault(reason) < 10), Is.Empty, "what hardly happens");
        Assert.That(new[] { SessionOutcome.Direct, SessionOutcome.Redirected, SessionOutcome.Proxied }.Select(outcome => outcomes.GetValueOrDefault(outcome)), Is.All.GreaterThan(50));
    }

    /// <summary>Each failed once. What they need is beyond the first thousand, or rare there.</summary>
    [TestCase(52u, "sixteen small server segments behind a lost one ended the reading of that side")]
    [TestCase(267u, "the same")]
    [TestCase(379u, "a peer that came again did not take the offer made since on the same port")]
    [TestCase(1_409u, "the same")]
    [TestCase(830u, "a neighbour was told the inside port under the public address")]
    [TestCase(1_284u, "the same")]
    [TestCase(2_026u, "a neighbour that got a late offer kept the mapping for ten minutes")]
    [TestCase(2_614u, "the same")]
    [TestCase(67_589_071u, "a connect took a counter-offer that had been given up for the proxy, and left the one it was meant for open")]
    [TestCase(22u, "a late offer got no mapping of the same port")]
    public void A_story_that_once_ended_badly_ends_well(uint seed, string what) => Assert.That(Play(seed), Is.Null, what);

    /// <summary>For whoever looks into a failing seed: REAIM_STORY names it.</summary>
    [Test]
    public void One_story_ends_well([Values] Machine machine) => Assert.That(Play(Number("REAIM_STORY", 0), machine), Is.Null);

    /// <summary>Why a story ended badly; null if it did not.</summary>
    internal static string? Play(uint seed, Machine machine = Machine.Plain) => Play(seed, machine, out _);

    /// <param name="seed">Which story.</param>
    /// <param name="machine">What kind of gateways.</param>
    /// <param name="isBadLuck">True if it may end so, but hardly ever.</param>
    private static string? Play(uint seed, Machine machine, out bool isBadLuck)
    {
        StoryPlan plan = StoryPlan.Of(seed);
        var story = new Story(plan, machine);
        using var assertions = new NUnit.Framework.Internal.TestExecutionContext.IsolatedContext();
        try
        {
            story.Play();
            isBadLuck = false;
            return null;
        }
        catch (Exception error)
        {
            isBadLuck = story.IsBadLuck;
            return $"{plan}\n{error.Message}\n{error.StackTrace}\n{story.Internet.Explain()}";
        }
    }

    private static uint Number(string variable, uint otherwise) =>
        uint.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : otherwise;
}
