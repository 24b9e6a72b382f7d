using System.Globalization;
using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;

namespace ReAim.Gateway.Tests.Soak;

/// <summary>
/// A person who does what people do, at random, until told to stop: signs on and off, writes, offers files and Direct IM, takes offers
/// back. Runs among the programs; whatever is not as it must be is a complaint.
/// </summary>
internal sealed class Chatter(Lab lab, Person person, IReadOnlyList<Chatter> all, SoakTally tally)
{
    /// <summary>A sign-on over a lossy network may need a few retransmissions, not more.</summary>
    private const long LongestSignOn = 30 * Simulation.Second;

    /// <summary>A connect that was lost three times, a counter-offer, and a transfer under loss.</summary>
    private const long LongestSession = 240 * Simulation.Second;

    /// <summary>Frames by which a new worker knows a connection again; an offer behind them is helped.</summary>
    private const int ProvingFrames = 3;

    private readonly Dice _dice = new((ulong)all.Count);
    private readonly List<long> _wrote = [];
    private readonly List<SentIm> _sent = [];
    private bool _isStopping;
    private int _number;

    public Person Person => person;

    public Task Ended { get; private set; } = Task.CompletedTask;

    private Simulation Programs => lab.Programs;

    private AimClient Client => person.Client;

    public void Start() => Ended = Programs.Start(LiveAsync);

    public void Stop() => _isStopping = true;

    /// <summary>Says what became of every IM: each came once and as it was written, unless its receiver signed off meanwhile.</summary>
    public void CountIms()
    {
        foreach (SentIm im in _sent)
        {
            int copies = im.To.Client.ReceivedIms.Count(received => received.From == person.Name && received.Text == im.Text);
            if (copies > 1)
            {
                tally.Complain($"{person.Name} to {im.To.Name}: '{im.Text}' came {copies} times");
            }
            else if (copies == 0 && im.Stream is { } stream && im.To.Client.LastStream == stream && im.To.Client.IsSignedOn && im.Own == Client.LastStream)
            {
                tally.Complain($"{person.Name} to {im.To.Name}: '{im.Text}' never came");
            }

            tally.Ims += copies;
        }

        foreach ((string from, string text) in Client.ReceivedIms)
        {
            if (!all.First(chatter => chatter.Person.Name == from)._sent.Exists(im => im.To == person && im.Text == text))
            {
                tally.Complain($"{person.Name} got '{text}', which {from} never wrote");
            }
        }
    }

    private async Task LiveAsync()
    {
        await Programs.Delay(_dice.Between(0, 10 * Simulation.Second));
        while (!_isStopping)
        {
            if (!Client.IsSignedOn)
            {
                await SignOnAsync();
            }

            await Programs.Delay(_dice.Between(0, 5 * Simulation.Second));
            if (!Client.IsSignedOn || _isStopping)
            {
                continue;
            }

            Chatter to = _dice.Pick(all);
            _wrote.Add(Programs.Now);
            switch (_dice.Below(100))
            {
                case < 62:
                    SendIm(to.Person);
                    break;
                case < 80:
                    await OfferAsync(to.Person, Client.OfferDirectIm(to.Person.Name, ["hello", Random(2_000), "bye"]));
                    break;
                case < 95:
                    await OfferAsync(to.Person, Client.OfferFile(to.Person.Name, _dice.Bytes(_dice.Below(300_000) + 1)));
                    break;
                case < 97:
                    RendezvousSession session = Client.OfferFile(to.Person.Name, _dice.Bytes(10_000));
                    await Programs.Delay(_dice.Between(0, 100 * Simulation.Millisecond));
                    Client.Cancel(session);
                    break;
                default:
                    Client.SignOff();
                    tally.SignOffs++;
                    await Programs.Delay(_dice.Between(0, 3 * Simulation.Second));
                    break;
            }
        }
    }

    private async Task SignOnAsync()
    {
        long start = Programs.Now;
        bool isIn = await Client.SignOnAsync(lab.Server.Endpoint);
        if (Programs.Now - start > LongestSignOn)
        {
            tally.Complain($"{person.Name} needed {(Programs.Now - start) / Simulation.Second} s to sign on{(isIn ? "" : ", in vain")}");
        }

        tally.SignOns += isIn ? 1 : 0;
    }

    private void SendIm(Person to)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{++_number} {Random(_dice.Below(60))}");
        _sent.Add(new SentIm(to, text, to.Client.IsSignedOn ? to.Client.LastStream : null, Client.LastStream));
        Client.SendIm(to.Name, text);
    }

    /// <summary>Waits for the end of a session that this person offered, and judges it.</summary>
    private async Task OfferAsync(Person to, RendezvousSession sent)
    {
        tally.Offers++;
        long since = _wrote[Math.Max(0, _wrote.Count - 1 - ProvingFrames)];
        if (to == person || !to.Client.IsSignedOn)
        {
            // Nobody to answer: the server's error, or silence, ends it.
            Client.Cancel(sent);
            return;
        }

        (FlapStream? own, FlapStream? theirs) = (Client.LastStream, to.Client.LastStream);
        bool isOver = await Programs.Within(WaitAsync(sent), LongestSession);

        // The other end may have some of it to read yet.
        if (FindReceived(to, sent) is { } ending)
        {
            isOver &= await Programs.Within(WaitAsync(ending), LongestSession);
        }

        bool stayed = Client.IsSignedOn && to.Client.IsSignedOn && Client.LastStream == own && to.Client.LastStream == theirs;
        RendezvousSession? received = FindReceived(to, sent);
        if (received is { Succeeded: true } && sent.Succeeded)
        {
            bool isWhole = sent.Sent.Length > 0 && received.Received.Hash == sent.Sent.Hash && sent.Received.Hash == received.Sent.Hash;
            tally.Count(received);
            if (!isWhole)
            {
                tally.Complain($"wrong bytes: {sent}; {received}");
            }
        }
        else if (stayed)
        {
            string text = $"{person.Address} to {to.Address}: {sent}; {received?.ToString() ?? "never came"}";
            bool isStruck = tally.CountFailure(since, Programs.Now, text);

            // Not helped, its port at the public address was another client's: whom the peer reached hung up, and nobody tells the sender.
            bool wasMisled = isStruck && sent.Stage == SessionOutcome.Pending && received is { Stage: SessionOutcome.Direct, Outcome: SessionOutcome.Failed };
            if (!isOver)
            {
                Client.Cancel(sent);
                if (!wasMisled)
                {
                    tally.Complain($"stuck: {text}");
                }
            }
        }
    }

    private RendezvousSession? FindReceived(Person to, RendezvousSession sent) =>
        to.Client.Sessions.Find(other => other.Cookie == sent.Cookie && other.Peer == person.Name && other.Role == SessionRole.Receiver);

    private static async Task<bool> WaitAsync(RendezvousSession session)
    {
        await session.Completion;
        return true;
    }

    private string Random(int length) => Convert.ToHexStringLower(_dice.Bytes((length + 1) / 2));

    /// <summary>An IM, and the connections of both ends at the moment when it was written.</summary>
    private sealed record SentIm(Person To, string Text, FlapStream? Stream, FlapStream? Own);
}
