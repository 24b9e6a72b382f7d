using ReAim.NatLab.Tests.Oscar;

namespace ReAim.Gateway.Tests.Soak;

/// <summary>What a soak has seen.</summary>
internal sealed class SoakTally
{
    private const int MaxNotes = 40;

    public int SignOns { get; set; }

    public int SignOffs { get; set; }

    public int Ims { get; set; }

    public int Offers { get; set; }

    public int Direct { get; private set; }

    public int Redirected { get; private set; }

    /// <summary>Both ends stayed signed on, and nothing came of it.</summary>
    public int Failed { get; set; }

    public int Kills { get; set; }

    /// <summary>What must never happen.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>What is worth a look.</summary>
    public List<string> Notes { get; } = [];

    public int Succeeded => Direct + Redirected;

    public void Complain(string text) => Complaints.Add(text);

    public void Note(string text)
    {
        if (Notes.Count < MaxNotes)
        {
            Notes.Add(text);
        }
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
        $"{SignOns} sign-ons, {SignOffs} sign-offs, {Ims} IMs, {Offers} offers: {Direct} direct, {Redirected} redirected, {Failed} failed; {Kills} kills";
}
