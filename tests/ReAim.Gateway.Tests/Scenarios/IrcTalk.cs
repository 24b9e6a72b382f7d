using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Irc;
using ReAim.NatLab.Tests.Net;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>Alice behind a gateway and Bob outside, on one IRC server, and what they say to each other.</summary>
internal sealed class IrcTalk
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Lab _lab;
    private readonly Dice _dice = new(7);
    private readonly List<string> _fromAlice = [];
    private readonly List<string> _fromBob = [];

    public IrcTalk(Lab lab)
    {
        _lab = lab;
        Person server = lab.AddPublic("irc", "198.51.100.8");
        Server = lab.Programs.Do(() => new IrcServer(server.Client.Host));
        (Alice, Bob) = (Meet(lab.Alice), Meet(lab.Bob));
    }

    public IrcServer Server { get; }

    public IrcClient Alice { get; private set; }

    public IrcClient Bob { get; }

    /// <summary>Alice comes back with a new connection.</summary>
    public void Return()
    {
        _fromAlice.Clear();
        _lab.Programs.Do(() =>
        {
            Bob.Heard.Clear();
            return true;
        });
        _fromBob.Clear();
        Alice = Meet(_lab.Alice);
    }

    public void Say(int lines)
    {
        for (int i = 0; i < lines; i++)
        {
            Say(Alice, "bob", _fromAlice);
            Say(Bob, "alice", _fromBob);
        }
    }

    /// <summary>Alice offers a file and Bob takes it, while both go on talking.</summary>
    public void AssertFileArrives(ushort port, int size = 100_000)
    {
        // A line that waits for its mapping keeps no more than sixteen segments waiting behind it.
        WaitForAll();
        byte[] file = _dice.Bytes(size);
        (int before, int offers) = (Bob.Files.Count, Bob.Offers);
        _lab.Alice.Do(() => Alice.SendFile("bob", file, port));
        Assert.That(_lab.Until(() => Bob.Offers > offers, s_patience), "the offer came");
        Say(100);
        Assert.That(_lab.Until(() => Bob.Files.Count > before, s_patience), "the file came");
        Assert.That(Bob.Files[^1].Bytes.ToArray(), Is.EqualTo(file));
    }

    /// <summary>Every word came, in order, and none else.</summary>
    public void AssertAllHeard()
    {
        WaitForAll();
        Assert.That(Bob.Heard, Is.EqualTo(_fromAlice));
        Assert.That(Alice.Heard, Is.EqualTo(_fromBob));
    }

    /// <summary>What was heard is what was said, as far as it came.</summary>
    public void AssertNothingElseHeard()
    {
        Assert.That(Bob.Heard, Is.EqualTo(_fromAlice.Take(Bob.Heard.Count)));
        Assert.That(Alice.Heard, Is.EqualTo(_fromBob.Take(Alice.Heard.Count)));
    }

    private void WaitForAll() => _ = _lab.Until(() => Bob.Heard.Count >= _fromAlice.Count && Alice.Heard.Count >= _fromBob.Count, s_patience);

    private IrcClient Meet(Person person)
    {
        IrcClient client = _lab.Programs.Do(() => new IrcClient(person.Client.Host, person.Name));
        _ = _lab.Programs.Do(() => client.ConnectAsync(Server.Endpoint));
        Assert.That(_lab.Until(() => client.IsWelcome, s_patience), $"{person.Name} is welcome");
        return client;
    }

    private void Say(IrcClient from, string to, List<string> said)
    {
        string text = $"{said.Count} {Convert.ToHexString(_dice.Bytes(_dice.Below(200)))}";
        said.Add(text);
        _lab.Programs.Do(() =>
        {
            from.Say(to, text);
            return true;
        });
    }
}
