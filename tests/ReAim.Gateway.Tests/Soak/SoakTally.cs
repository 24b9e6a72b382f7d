using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;

namespace ReAim.Gateway.Tests.Soak;

/// <summary>What a soak has seen.</summary>
internal sealed class SoakTally
{
    private const int MaxNotes = 40;

    /// <summary>From a blow until offers are helped again: a freeze is found out, or a supervisor comes after three seconds, and starts.</summary>
    private const long Recovery = 10 * Simulation.Second;

    private readonly List<long> _blows = [];

    public int SignOns { get; set; }

    public int SignOffs { get; set; }

    public int Ims { get; set; }

    public int Offers { get; set; }

    public int Direct { get; private set; }

    public int Redirected { get; private set; }

    /// <summary>Both ends stayed signed on, nobody was killed or frozen, and nothing came of it.</summary>
    public int Failed { get; private set; }

    /// <summary>Both ends stayed signed on, somebody was killed or frozen meanwhile or just before, and nothing came of it.</summary>
    public int Struck { get; private set; }

    /// <summary>What must never happen.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>What is worth a look.</summary>
    public List<string> Notes { get; } = [];

    public int Succeeded => Direct + Redirected;

    public void Complain(string text) => Complaints.Add(text);

    public void CountBlow(long now) => _blows.Add(now);

    /// <summary>An offer has led nowhere.</summary>
    /// <param name="since">From when on it could be hurt.</param>
    /// <param name="ended">When it ended.</param>
    /// <param name="text">What is known of it.</param>
    /// <returns>True if somebody was killed or frozen meanwhile or just before.</returns>
    public bool CountFailure(long since, long ended, string text)
    {
        bool isStruck = _blows.Exists(blow => blow > since - Recovery && blow < ended);
        if (isStruck)
        {
            Struck++;
        }
        else
        {
            Failed++;
        }

        if (Notes.Count < MaxNotes)
        {
            Notes.Add($"{text}{(isStruck ? ", struck" : "")}");
        }

        return isStruck;
    }

    public void Count(RendezvousSession received)
    {
        if (received.Outcome == SessionOutcome.Direct)
        {
            Direct++;
        }
        else
        {
            Redirected++;
        }
    }

    public override string ToString() =>
        $"{SignOns} sign-ons, {SignOffs} sign-offs, {Ims} IMs, {Offers} offers: {Direct} direct, {Redirected} redirected, {Failed} failed, {Struck} more near a kill; {_blows.Count} kills";
}
